// How hard a case is: a word, and bars for the eye.
export function Difficulty({ level }: { level: string }) {
  const bars = { easy: 1, medium: 2, hard: 3 }[level] ?? 0;
  return (
    <span class={`difficulty ${level}`}>
      <span class="bars" aria-hidden="true">
        {[1, 2, 3].map((bar) => (
          <i key={bar} class={bar <= bars ? 'on' : ''} />
        ))}
      </span>
      {level}
    </span>
  );
}

// The head of a table: columns of words, then of figures, which stand to the right.
export function TableHead({ words, figures }: { words: string[]; figures: string[] }) {
  return (
    <thead>
      <tr>
        {words.map((name) => (
          <th key={name} scope="col">
            {name}
          </th>
        ))}
        {figures.map((name) => (
          <th key={name} scope="col" class="right">
            {name}
          </th>
        ))}
      </tr>
    </thead>
  );
}

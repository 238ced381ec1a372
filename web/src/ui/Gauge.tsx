// A thin bar beside a figure; the figure says the same.
export function Gauge({ share, low = false }: { share: number; low?: boolean }) {
  return (
    <span class={low ? 'gauge low' : 'gauge'} aria-hidden="true">
      <i style={{ width: `${100 * Math.min(1, Math.max(0, share))}%` }} />
    </span>
  );
}

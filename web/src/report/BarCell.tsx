// A figure in a table's cell, and beside it a bar of so much of the whole.
export function BarCell({ text, share, tone }: { text: string | number; share: number; tone: string }) {
  return (
    <td>
      <span class="part-cell">
        <span class="part-value">{text}</span>
        <span class="part-bar" aria-hidden="true">
          <i class={`swatch ${tone}`} style={{ width: `${100 * share}%` }} />
        </span>
      </span>
    </td>
  );
}

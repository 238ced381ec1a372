// A line of text with its label.
interface Props {
  label: string;
  /** Whether the label is for screen readers alone. */
  unseen?: boolean;
  /** What the sheets call this field beside `field`. */
  kind?: string;
  value: string;
  change: (text: string) => void;
  id?: string;
  name?: string;
  type?: 'text' | 'search';
  inputMode?: 'numeric';
  placeholder?: string;
  required?: boolean;
  spellcheck?: boolean;
}

export function TextField({ label, unseen = false, kind, change, type = 'text', ...input }: Props) {
  return (
    <label class={kind === undefined ? 'field' : `field ${kind}`}>
      <span class={unseen ? 'unseen' : ''}>{label}</span>
      {/* The types of an input that is one of two kinds ask for its list. */}
      <input type={type} list={undefined} autocomplete="off" {...input} onInput={(event) => change(event.currentTarget.value)} />
    </label>
  );
}

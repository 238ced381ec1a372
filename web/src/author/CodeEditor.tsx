// A text's editor: a plain field at once, the real one as soon as it has come.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Editor, EditorMark } from './editor';

interface Props {
  text: string;
  label: string;
  marks: EditorMark[];
  /** A place to show; a new object shows it again. */
  place: { from: number; to: number } | null;
  onChange: (text: string) => void;
}

export function CodeEditor({ text, label, marks, place, onChange }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const editor = useRef<Editor | null>(null);
  const change = useRef(onChange);
  change.current = onChange;
  const latest = useRef(text);
  latest.current = text;
  /** Where somebody was typing when the editor came. */
  const caret = useRef<number | null>(null);
  const [ready, setReady] = useState(false);

  useEffect(() => {
    let left = false;
    import('./editor')
      .then(({ mountEditor }) => {
        if (left || host.current === null) return;
        caret.current = field.current === document.activeElement ? (field.current?.selectionStart ?? null) : null;
        editor.current = mountEditor(host.current, latest.current, label, (next) => change.current(next));
        setReady(true);
      })
      // The plain field stays; it does all that matters.
      .catch(() => undefined);
    return () => {
      left = true;
      editor.current?.destroy();
      editor.current = null;
    };
  }, [label]);

  // At once: a later effect could undo what has been typed since.
  useLayoutEffect(() => editor.current?.setText(text), [text, ready]);
  useLayoutEffect(() => {
    if (ready && caret.current !== null) editor.current?.select(caret.current, caret.current);
    caret.current = null;
  }, [ready]);
  useEffect(() => editor.current?.setMarks(marks), [marks, ready]);
  useEffect(() => {
    if (place === null) return;
    if (editor.current !== null) editor.current.select(place.from, place.to);
    else {
      field.current?.focus();
      field.current?.setSelectionRange(place.from, place.to);
    }
  }, [place]);

  return (
    <div class="code">
      {!ready && (
        <textarea ref={field} class="code-field" aria-label={label} spellcheck={false} autocomplete="off" value={text} onInput={(event) => onChange(event.currentTarget.value)} />
      )}
      <div ref={host} class="code-host" hidden={!ready} />
    </div>
  );
}

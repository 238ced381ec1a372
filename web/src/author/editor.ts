// The editor, loaded when somebody writes. It stands in a shadow root: its styles are constructed sheets there, which the
// page's strict policy allows, and nothing leaks either way.
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching, HighlightStyle, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { difference } from '../text/difference';
import { toml } from './toml';

export interface EditorMark {
  from: number;
  to: number;
  severity: 'error' | 'warning' | 'info';
  message: string;
  fix: (() => void) | null;
}

export interface Editor {
  setText(text: string): void;
  setMarks(marks: EditorMark[]): void;
  select(from: number, to: number): void;
  destroy(): void;
}

const colours = HighlightStyle.define([
  { tag: tags.comment, color: 'var(--quiet)', fontStyle: 'italic' },
  { tag: tags.heading, color: 'var(--c-evidence)', fontWeight: '600' },
  { tag: tags.propertyName, color: 'var(--c-resolution)' },
  { tag: tags.string, color: 'var(--c-reply)' },
  { tag: [tags.number, tags.bool, tags.literal], color: 'var(--c-efficiency)' },
]);

const look = EditorView.theme({
  '&': { height: '100%', fontSize: '13px', color: 'var(--ink)', backgroundColor: 'var(--panel)' },
  '&.cm-focused': { outline: '2px solid var(--focus)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55' },
  '.cm-content': { caretColor: 'var(--ink)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-gutters': { backgroundColor: 'var(--sunken)', color: 'var(--quiet)', border: 'none' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--accent) 7%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--rule)', color: 'var(--ink)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'color-mix(in srgb, var(--focus) 28%, transparent)',
  },
  '.cm-tooltip, .cm-panels': { backgroundColor: 'var(--panel)', color: 'var(--ink)', border: '1px solid var(--rule)' },
  '.cm-tooltip': { borderRadius: '8px', overflow: 'hidden', maxWidth: 'min(460px, 90vw)', boxShadow: '0 4px 16px rgb(0 0 0 / 20%)' },
  '.cm-diagnostic': { padding: '6px 10px', whiteSpace: 'pre-wrap', fontFamily: 'system-ui, sans-serif' },
  '.cm-diagnosticAction': { backgroundColor: 'var(--accent)', color: 'var(--accent-ink)', borderRadius: '5px', padding: '3px 9px' },
  '.cm-textfield': { backgroundColor: 'var(--panel)', borderColor: 'var(--edge)' },
  '.cm-button': { backgroundImage: 'none', backgroundColor: 'var(--sunken)', borderColor: 'var(--edge)', borderRadius: '5px' },
});

export function mountEditor(host: HTMLElement, text: string, label: string, onChange: (text: string) => void): Editor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  let quiet = false;
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        lintGutter(),
        highlightSpecialChars(),
        history(),
        drawSelection(),
        indentUnit.of('  '),
        toml,
        syntaxHighlighting(colours),
        bracketMatching(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        highlightSelectionMatches(),
        search({ top: true }),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
        // Tab is left to move the focus on: nobody gets caught in the editor.
        keymap.of([...defaultKeymap, ...searchKeymap, ...historyKeymap, ...lintKeymap]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !quiet) onChange(update.state.doc.toString());
        }),
        look,
      ],
    }),
  });
  return {
    setText(next) {
      const change = difference(view.state.doc.toString(), next);
      if (change === null) return;
      quiet = true;
      view.dispatch({ changes: change });
      quiet = false;
    },
    setMarks(marks) {
      const end = view.state.doc.length;
      const shown = marks.map(({ from, to, severity, message, fix }): Diagnostic => {
        const diagnostic: Diagnostic = { from: Math.min(from, end), to: Math.min(to, end), severity, message };
        return fix === null ? diagnostic : { ...diagnostic, actions: [{ name: 'Fix', apply: fix }] };
      });
      view.dispatch(setDiagnostics(view.state, shown));
    },
    select(from, to) {
      const end = view.state.doc.length;
      const range = { anchor: Math.min(from, end), head: Math.min(to, end) };
      view.dispatch({ selection: range, effects: EditorView.scrollIntoView(range.anchor, { y: 'center' }) });
      view.focus();
    },
    destroy() {
      view.destroy();
    },
  };
}

// A policy's text: paragraphs and lists.
import { parseProse } from '../text/results';

export function Prose({ text }: { text: string }) {
  return (
    <div class="prose">
      {parseProse(text).map((block, at) => {
        if (block.kind === 'paragraph') return <p key={at}>{block.text}</p>;
        const items = block.items.map((item, index) => <li key={index}>{item}</li>);
        return block.kind === 'ordered' ? <ol key={at}>{items}</ol> : <ul key={at}>{items}</ul>;
      })}
    </div>
  );
}

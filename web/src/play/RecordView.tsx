// A record as tables: keys beside values, and a list of like things as rows and columns.
import { columnsOf, type Node } from '../text/record';
import { idWords } from '../text/number';

export function RecordView({ node, name }: { node: Node; name: string }) {
  switch (node.kind) {
    case 'text':
      return <Value text={node.text} />;
    case 'table':
      return <TableView entries={node.entries} name={name} />;
    case 'list':
      return <ListView items={node.items} name={name} />;
  }
}

function TableView({ entries, name }: { entries: [string, Node][]; name: string }) {
  if (entries.length === 0) return <span class="quiet">empty</span>;
  return (
    <table class="record" aria-label={name}>
      <colgroup>
        <col class="keys" />
        <col />
      </colgroup>
      <tbody>
        {entries.map(([key, value], at) => {
          const inner = <RecordView node={value} name={idWords(key)} />;
          return isWide(value) ? (
            <tr key={at} class="wide">
              <td colSpan={2}>
                <h4>{idWords(key)}</h4>
                {inner}
              </td>
            </tr>
          ) : (
            <tr key={at}>
              <th scope="row">{idWords(key)}</th>
              <td>{inner}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function ListView({ items, name }: { items: Node[]; name: string }) {
  if (items.length === 0) return <span class="quiet">none</span>;
  const columns = columnsOf(items);
  if (columns === null) {
    return (
      <ul class="record-list">
        {items.map((item, at) => (
          <li key={at}>
            <RecordView node={item} name={`${name}, ${at + 1}`} />
          </li>
        ))}
      </ul>
    );
  }
  return (
    <div class="scroll" role="region" aria-label={name} tabIndex={0}>
      <table class="grid">
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {idWords(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((item, at) => (
            <tr key={at}>
              {columns.map((column) => {
                const found = item.kind === 'table' ? item.entries.find(([key]) => key === column) : undefined;
                return <td key={column}>{found === undefined ? '' : <RecordView node={found[1]} name={column} />}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Value({ text }: { text: string }) {
  if (text.includes('\n')) return <p class="lines">{text}</p>;
  const whole = text.length <= 32 && !text.includes(' ');
  return <span class={whole ? 'value whole' : 'value'}>{text}</span>;
}

function isWide(node: Node): boolean {
  return (node.kind === 'table' && node.entries.length > 0) || (node.kind === 'list' && node.items.some((item) => item.kind !== 'text'));
}

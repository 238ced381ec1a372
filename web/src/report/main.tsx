// Unpacks what the page holds, and shows it.
import { render } from 'preact';
import { readContents, unpack } from './contents';
import { Page } from './Page';
import '../style/base.css';
import '../style/understand.css';
import '../style/report.css';

const VERSION = 1;

async function start(): Promise<void> {
  const root = document.getElementById('app');
  const held = document.getElementById('contents')?.textContent ?? '';
  if (root === null) return;
  const say = (message: string) => {
    const line = document.createElement('p');
    line.className = 'boot';
    line.textContent = message;
    root.replaceChildren(line);
  };
  if (typeof DecompressionStream === 'undefined') return say('This browser is too old to unpack the report: Chrome or Edge 103, Firefox 113 and Safari 16.4 can.');
  try {
    const contents = await unpack(held);
    if (contents.version !== VERSION) return say('The report is of another version than the page around it.');
    root.replaceChildren();
    render(<Page report={readContents(contents)} />, root);
  } catch {
    say('The report cannot be read: the file was cut off or changed.');
  }
}

void start();

// Copies a text, and says that it did.
import { useState } from 'preact/hooks';
import { useApp } from '../context';

export function CopyButton({ text, label = 'Copy' }: { text: string; label?: string }) {
  const { dispatch } = useApp();
  const [done, setDone] = useState<string | null>(null);
  const copy = async () => {
    const worked = await copyText(text);
    setDone(worked ? 'Copied' : 'Select and copy by hand');
    dispatch({ type: 'say', text: worked ? 'Copied.' : 'The browser refused. Select the text and copy it by hand.' });
  };
  return (
    <button type="button" class="small copy" onClick={() => void copy()} onBlur={() => setDone(null)}>
      {done ?? label}
    </button>
  );
}

/** Copies by way of a selection, which a frame may always do; asking for the clipboard there is an error in the console. */
async function copyText(text: string): Promise<boolean> {
  if (copySelected(text)) return true;
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function copySelected(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'unseen';
  const before = document.activeElement;
  document.body.append(area);
  area.select();
  const worked = document.execCommand('copy');
  area.remove();
  if (before instanceof HTMLElement) before.focus();
  return worked;
}

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

/** Writes to the clipboard; inside a frame without that right, by way of a selection. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'unseen';
    document.body.append(area);
    const before = document.activeElement;
    area.select();
    const worked = document.execCommand('copy');
    area.remove();
    if (before instanceof HTMLElement) before.focus();
    return worked;
  }
}

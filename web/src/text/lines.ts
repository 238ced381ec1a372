// Where two texts differ, line by line, for a person to read.
export interface DiffLine {
  kind: 'same' | 'before' | 'after' | 'gap';
  text: string;
}

/** Lines around a change that are shown with it. */
const CONTEXT = 2;
/** Beyond so many pairs of lines a change is shown as a whole. */
const MAX_PAIRS = 1_000_000;

export function lineDifference(before: string, after: string): DiffLine[] {
  const [a, b] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const same = (lines: string[]) => lines.map((text): DiffLine => ({ kind: 'same', text }));
  const whole = [...same(a.slice(0, start)), ...middle(a.slice(start, a.length - end), b.slice(start, b.length - end)), ...same(a.slice(a.length - end))];
  return shorten(whole);
}

/** By the longest common run of lines, from the front. */
function middle(a: string[], b: string[]): DiffLine[] {
  const width = b.length + 1;
  const common = a.length * b.length > MAX_PAIRS ? null : new Uint32Array((a.length + 1) * width);
  if (common !== null) {
    for (let i = a.length - 1; i >= 0; i -= 1) {
      for (let j = b.length - 1; j >= 0; j -= 1) {
        const [down, right, across] = [common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0, common[(i + 1) * width + j + 1] ?? 0];
        common[i * width + j] = a[i] === b[j] ? across + 1 : Math.max(down, right);
      }
    }
  }
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]];
    if (common !== null && left !== undefined && left === right) {
      lines.push({ kind: 'same', text: left });
      i += 1;
      j += 1;
    } else if (left !== undefined && (right === undefined || common === null || (common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0))) {
      lines.push({ kind: 'before', text: left });
      i += 1;
    } else {
      lines.push({ kind: 'after', text: right ?? '' });
      j += 1;
    }
  }
  return lines;
}

function shorten(lines: DiffLine[]): DiffLine[] {
  const near = new Uint8Array(lines.length);
  lines.forEach(({ kind }, at) => {
    if (kind !== 'same') near.fill(1, Math.max(0, at - CONTEXT), at + CONTEXT + 1);
  });
  return lines.flatMap((line, at): DiffLine[] => {
    if (near[at] === 1) return [line];
    return at === 0 || near[at - 1] === 1 ? [{ kind: 'gap', text: '' }] : [];
  });
}

// Places in a text: the grader counts UTF-8 bytes, the browser UTF-16 units.

/** A text's length in UTF-8 bytes. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** The UTF-16 offsets of ascending or arbitrary UTF-8 offsets; one inside a character or past the end is clamped. */
export function utf16Offsets(text: string, bytes: number[]): number[] {
  const order = bytes.map((byte, index) => ({ byte, index })).sort((a, b) => a.byte - b.byte);
  const found = new Array<number>(bytes.length).fill(text.length);
  let units = 0;
  let seen = 0;
  let next = 0;
  for (const char of text) {
    const width = utf8Width(char.codePointAt(0) ?? 0);
    for (let one = order[next]; one !== undefined && one.byte < seen + width; one = order[next]) {
      found[one.index] = units;
      next += 1;
    }
    seen += width;
    units += char.length;
  }
  return found;
}

function utf8Width(code: number): number {
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}

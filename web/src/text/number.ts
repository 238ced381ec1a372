// Numbers as the page shows them.

/** A score or its part: two digits, or up to four where they say more. */
export function showScore(value: number): string {
  const short = value.toFixed(2);
  return Math.abs(Number(short) - value) < 0.00005 ? short : value.toFixed(4).replace(/0$/, '');
}

export function showReward(value: number | null): string {
  if (value === null) return '–';
  return value > 0 ? `+${showScore(value)}` : showScore(value);
}

export function showPercent(value: number): string {
  return `${Math.round(value * 100)} %`;
}

export function count(value: number, one: string, many = `${one}s`): string {
  return `${value} ${value === 1 ? one : many}`;
}

/** An id as words: `send_replacement` is "send replacement". */
export function idWords(id: string): string {
  return id.replace(/[_-]+/g, ' ');
}

export function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

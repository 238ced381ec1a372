// How the page says what run folders name.
import { idWords } from '../text/number';

const WORDS: Record<string, string> = {
  submitted: 'submitted',
  step_limit: 'out of steps',
  gave_up: 'gave up',
  failed: 'could not go on',
  wrong_resolution: 'Wrong resolution',
  missing_evidence: 'Evidence missing',
  reply: 'Reply falls short',
  steps: 'Steps wasted',
  stopped: 'Stopped',
};

export function words(name: string): string {
  return WORDS[name] ?? idWords(name);
}

/** A mean as tables show it: two digits, so that columns can be read down. */
export function two(value: number | null | undefined): string {
  return value == null ? '–' : value.toFixed(2);
}

export function percent(value: number): string {
  const shown = 100 * value;
  return `${Number.isInteger(shown) || shown > 99.95 || shown < 0.05 ? Math.round(shown) : shown.toFixed(1)} %`;
}

/** A large number with thousands marked or cut: 1,234 and 56.7k. */
export function compact(value: number): string {
  if (value < 10_000) return value.toLocaleString('en-US');
  if (value < 1e6) return `${(value / 1e3).toFixed(1)}k`;
  return value < 1e9 ? `${(value / 1e6).toFixed(1)}M` : `${(value / 1e9).toFixed(1)}G`;
}

export function dollars(value: number | null): string {
  if (value === null) return '–';
  if (value === 0) return '$0';
  return value < 0.01 ? `$${value.toPrecision(2)}` : `$${value.toFixed(2)}`;
}

export function seconds(value: number): string {
  if (value < 1) return `${Math.round(value * 1e3)} ms`;
  return value < 100 ? `${value.toFixed(1)} s` : `${Math.round(value / 60)} min`;
}

export function trialName({ seed, repeat }: { seed: number | null; repeat: number }): string {
  const seeded = seed === null ? '' : `seed ${seed}`;
  return [seeded, repeat > 0 || seed === null ? `repeat ${repeat + 1}` : ''].filter((word) => word !== '').join(', ');
}

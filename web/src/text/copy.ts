// An episode as something to paste: curl lines, Python, or a test case for the task's file.
import { replayReset, type Episode } from '../model/episode';
import type { ReplyExplanation } from '../model/wire';

/** `curl` lines that play the episode again in a session of their own. */
export function asCurl(episode: Episode, base: string): string {
  const post = (path: string, body: unknown) =>
    `curl -sS -w '\\n' -b "$jar" -c "$jar" ${shellQuote(base + path)} \\\n  -H 'Content-Type: application/json' \\\n  -d ${shellQuote(JSON.stringify(body))}`;
  return [
    'jar=$(mktemp)  # holds the session',
    post('/reset', replayReset(episode)),
    ...episode.steps.map((step) => post('/step', { action: step.action })),
    '',
  ].join('\n');
}

/** Single quotes keep everything but themselves. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Python for OpenEnv's generic client. */
export function asPython(episode: Episode, base: string): string {
  const reset = Object.entries(replayReset(episode)).map(([key, value]) => `${key}=${pythonLiteral(value)}`);
  const steps = episode.steps.map(({ action }) => {
    const fields = Object.entries(action).map(([key, value]) => `${pythonLiteral(key)}: ${pythonLiteral(value)}`);
    return `    result = env.step({${fields.join(', ')}})`;
  });
  return [
    'from openenv import GenericEnvClient',
    '',
    `with GenericEnvClient(base_url=${pythonLiteral(base)}).sync() as env:`,
    `    result = env.reset(${reset.join(', ')})`,
    ...steps,
    '    print(result.reward, result.done)',
    '',
  ].join('\n');
}

/** A string or number as Python writes it: JSON's escapes are Python's, but for characters outside the basic plane. */
export function pythonLiteral(value: unknown): string {
  if (value == null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  return JSON.stringify(String(value)).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029').replaceAll('\u007f', '\\x7f');
}

/** A drafted reply as an `[[examples]]` entry that holds the grader to what it said; null where nothing was drafted. */
export function asExample(drafted: string | null, explanation: ReplyExplanation | null): string | null {
  if (drafted === null) return null;
  const lines = ['[[examples]]', `reply = ${tomlString(drafted)}`];
  if (explanation !== null) {
    lines.push(`passes = ${explanation.passes}`);
    const verdicts = explanation.keywords.map(({ id, verdict }) => `${tomlKey(id)} = ${tomlString(verdict)}`);
    if (verdicts.length > 0) lines.push(`expect = { ${verdicts.join(', ')} }`);
  }
  return `${lines.join('\n')}\n`;
}

export function tomlKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : tomlString(key);
}

/** A TOML basic string; of several lines where the text has them. */
export function tomlString(text: string): string {
  const plain = text.replace(/[\\\u0000-\u0008\u000b-\u001f\u007f]/g, escapeToml);
  const escaped = plain.replaceAll('"', '\\"');
  if (!text.includes('\n')) return `"${escaped.replaceAll('\t', '\\t')}"`;
  // Quotes may stand as they are where they cannot be taken for the end.
  return `"""\n${text.includes('"""') || text.endsWith('"') ? escaped : plain}"""`;
}

function escapeToml(char: string): string {
  if (char === '\\') return '\\\\';
  if (char === '\r') return '\\r';
  return `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}

import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { asCurl, asExample, asPython, pythonLiteral, shellQuote, tomlString } from '../src/text/copy';
import { addStep, beginEpisode, draftAt } from '../src/model/episode';
import { draft, envelope, review } from './build';

const HARD = `it's "here": $(id) \`x\` \\ é🎉\n<b>'''"""\t end`;

function episode() {
  const begun = beginEpisode({ task_id: 'mug' }, envelope());
  return addStep(addStep(begun, review, envelope()), draft(HARD), envelope());
}

test('a shell reads a quoted text as it is', () => {
  for (const text of [HARD, '', "'", "''a'"]) {
    expect(execFileSync('sh', ['-c', `printf %s ${shellQuote(text)}`], { encoding: 'utf8' })).toBe(text);
  }
});

test('curl lines are a reset and a step for each action', () => {
  const text = asCurl(episode(), 'http://x:1/base');
  expect(text.match(/curl /g)?.length).toBe(3);
  expect(text).toContain("'http://x:1/base/reset'");
  expect(text).toContain('-d \'{"task_id":"mug"}\'');
  // Each answer on a line of its own.
  expect(text.match(/-w '\\n'/g)?.length).toBe(3);
  execFileSync('sh', ['-n', '-c', text]);
});

test('Python is Python, and holds the same texts', () => {
  const text = asPython(episode(), 'http://x:1');
  const read = 'import ast,sys,json; print(json.dumps([c.value for c in ast.walk(ast.parse(sys.stdin.read())) if isinstance(c, ast.Constant)]))';
  const constants = JSON.parse(execFileSync('python3', ['-c', read], { encoding: 'utf8', input: text })) as unknown[];
  expect(constants).toContain(HARD);
  expect(text).toContain('env.reset(task_id="mug")');
});

test('values are Python literals', () => {
  expect([null, true, 3, 'a"b', '\u2028'].map(pythonLiteral)).toEqual(['None', 'True', '3', '"a\\"b"', '"\\u2028"']);
});

test('TOML reads a string as it was', () => {
  const read = 'import tomllib,sys,json; print(json.dumps([tomllib.loads(text)["x"] for text in json.load(sys.stdin)]))';
  const texts = [HARD, 'plain', '"', '"""', 'a\n""""', 'ends\nwith "', '\u0001\u007f\r\n', '\n\nx', '\\'];
  const input = JSON.stringify(texts.map((text) => `x = ${tomlString(text)}\n`));
  expect(JSON.parse(execFileSync('python3', ['-c', read], { encoding: 'utf8', input }))).toEqual(texts);
});

test('an example holds the grader to its verdicts', () => {
  const explanation = { passes: false, keywords: [{ id: 'refund', verdict: 'negated' }, { id: 'amount', verdict: 'met' }] } as never;
  const text = asExample('We cannot refund.', explanation);
  expect(text).toBe('[[examples]]\nreply = "We cannot refund."\npasses = false\nexpect = { refund = "negated", amount = "met" }\n');
  expect(asExample(draftAt(beginEpisode({}, envelope()), 0), null)).toBe(null);
});

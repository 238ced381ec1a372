// TOML for the editor's colours, line by line.
import { StreamLanguage, type StreamParser, type StringStream } from '@codemirror/language';

interface TomlState {
  /** The quotes that end the string of several lines that we are in. */
  open: '"""' | "'''" | null;
  /** Whether the next word is a key. */
  key: boolean;
  depth: number;
}

export const tomlParser: StreamParser<TomlState> = {
  name: 'toml',
  startState: () => ({ open: null, key: true, depth: 0 }),
  token(stream, state) {
    if (state.open !== null) return longString(stream, state, state.open);
    if (stream.sol() && state.depth === 0) state.key = true;
    if (stream.eatSpace()) return null;
    if (stream.match(/^#.*/)) return 'comment';
    if (state.key && state.depth === 0 && stream.match(/^\[\[?[^\]]*\]?\]?/)) return 'heading';
    const quotes = stream.match('"""') ? '"""' : stream.match("'''") ? "'''" : null;
    if (quotes !== null) {
      state.open = quotes;
      return longString(stream, state, quotes);
    }
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/) || stream.match(/^'[^']*'?/)) return state.key ? 'propertyName' : 'string';
    if (stream.match(/^[=]/)) {
      state.key = false;
      return 'operator';
    }
    if (stream.match(/^[[{]/)) {
      state.key = stream.current() === '{';
      state.depth += 1;
      return 'bracket';
    }
    if (stream.match(/^[\]}]/)) {
      state.depth = Math.max(0, state.depth - 1);
      state.key = false;
      return 'bracket';
    }
    if (stream.match(/^,/)) {
      state.key = state.depth > 0 && /^\s*[\w"'-][\w".'-]*\s*=/.test(stream.string.slice(stream.pos));
      return 'punctuation';
    }
    if (state.key && stream.match(/^[\w.-]+/)) return 'propertyName';
    if (stream.match(/^(?:true|false)\b/)) return 'bool';
    if (stream.match(/^\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)?)?/)) return 'literal';
    if (stream.match(/^[+-]?(?:\d[\d_]*(?:\.[\d_]+)?(?:[eE][+-]?\d+)?|0x[\da-fA-F_]+|inf|nan)\b/)) return 'number';
    stream.next();
    return null;
  },
  languageData: { commentTokens: { line: '#' }, closeBrackets: { brackets: ['[', '{', '"'] } },
};

export const toml = StreamLanguage.define(tomlParser);

function longString(stream: StringStream, state: TomlState, quotes: string): string {
  while (!stream.eol()) {
    if (stream.match(quotes)) {
      state.open = null;
      break;
    }
    if (stream.next() === '\\' && quotes === '"""') stream.next();
  }
  return 'string';
}

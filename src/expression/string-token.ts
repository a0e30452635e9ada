import { syntaxError } from "./syntax-error.ts";

const quoted = /'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"/sy;

const escapes: ReadonlyMap<string, string> = new Map([
  ["\\", "\\"],
  ["'", "'"],
  ['"', '"'],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

/**
 * The string in quotes that begins at `offset`, and where it ends. The quote itself is written
 * twice, as in SQL, or after a backslash; `\n`, `\r`, `\t`, `\\` and `\u0041` are the other escapes.
 */
export function readString(text: string, offset: number): { value: string; end: number } {
  quoted.lastIndex = offset;
  const match = quoted.exec(text)?.[0];
  if (match === undefined) throw syntaxError(offset, `the string that begins here has no end`);
  const value = match
    .slice(1, -1)
    .replaceAll(/\\(u[\dA-Fa-f]{4}|.)|''|""/gs, (found, escape: string | undefined, at: number) =>
      escape === undefined ? undouble(found, match) : unescape(escape, offset + 1 + at),
    );
  return { value, end: offset + match.length };
}

/** Two quotes in a string of the other kind are just two quotes. */
function undouble(quotes: string, match: string): string {
  return quotes.charAt(0) === match.charAt(0) ? quotes.charAt(0) : quotes;
}

function unescape(escape: string, offset: number): string {
  if (escape.length === 5) return String.fromCharCode(Number.parseInt(escape.slice(1), 16));
  const value = escapes.get(escape);
  if (value !== undefined) return value;
  const accepted = `\\n, \\r, \\t, \\\\, \\', \\" or \\u and four hexadecimal digits`;
  throw syntaxError(offset, `unknown escape "\\${escape}" (accepted: ${accepted})`);
}

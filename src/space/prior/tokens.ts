import { invalidSpace } from "../invalid-space.ts";

/** A piece of a prior string. `at` is its offset in the text. */
export type Token =
  | { readonly type: "number"; readonly value: number; readonly at: number }
  | { readonly type: "string"; readonly value: string; readonly at: number }
  | { readonly type: "name"; readonly value: string; readonly at: number }
  | { readonly type: "mark"; readonly value: string; readonly at: number };

const space = /\s+/y;
const number = /(?:\d+(?:_\d+)*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const word = /[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*/uy;
const string = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/y;
const mark = /[()[\]{},:=+-]/y;

/** The tokens of a text in Python's notation for calls and literals. */
export function tokenize(text: string, name: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  while (at < text.length) {
    const blank = take(space);
    const token = blank === undefined ? readToken(take, at) : undefined;
    if (token !== undefined) tokens.push(token.token);
    const length = (blank ?? token?.source)?.length;
    if (length === undefined) {
      throw invalidSpace(name, `cannot read "${text.charAt(at)}" at position ${at} of "${text}"`);
    }
    at += length;
  }
  return tokens;
}

function readToken(
  take: (pattern: RegExp) => string | undefined,
  at: number,
): { readonly token: Token; readonly source: string } | undefined {
  const digits = take(number);
  if (digits !== undefined) {
    const value = Number(digits.replaceAll("_", ""));
    return { token: { type: "number", value, at }, source: digits };
  }
  const letters = take(word);
  if (letters !== undefined) {
    return { token: { type: "name", value: letters, at }, source: letters };
  }
  const quoted = take(string);
  if (quoted !== undefined) {
    return { token: { type: "string", value: unescape(quoted.slice(1, -1)), at }, source: quoted };
  }
  const sign = take(mark);
  return sign === undefined
    ? undefined
    : { token: { type: "mark", value: sign, at }, source: sign };
}

const escapes: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["t", "\t"],
  ["r", "\r"],
  ["b", "\b"],
  ["f", "\f"],
  ["v", "\v"],
  ["0", "\0"],
]);

function unescape(text: string): string {
  return text.replace(/\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|(.))/gs, (whole, x, u, char) => {
    const code: unknown = x ?? u;
    if (typeof code === "string") return String.fromCharCode(Number.parseInt(code, 16));
    if (typeof char !== "string") return whole;
    // As in Python, a backslash before any other letter is itself.
    return escapes.get(char) ?? (/[\\'"]/.test(char) ? char : whole);
  });
}

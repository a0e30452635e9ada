import { readString } from "./string-token.ts";
import { syntaxError } from "./syntax-error.ts";

const keywords = ["and", "or", "not", "in", "is", "null", "true", "false"] as const;
const symbols = ["=", "!=", "<=", "<", ">=", ">", "(", ")", "[", "]", ","] as const;

export type Keyword = (typeof keywords)[number];
export type Punctuation = (typeof symbols)[number];

type TokenContent =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "literal"; readonly value: string | number | bigint }
  | { readonly kind: "keyword"; readonly keyword: Keyword }
  | { readonly kind: "symbol"; readonly symbol: Punctuation }
  | { readonly kind: "end" };

export type Token = TokenContent & {
  /** Where the token begins, in UTF-16 units from 0. */
  readonly offset: number;
  /** The token as it was written; nothing for the end. */
  readonly text: string;
};

/** Other ways to write a keyword or a symbol. */
const synonyms: ReadonlyMap<string, string> = new Map([
  ["&&", "and"],
  ["||", "or"],
  ["!", "not"],
  ["==", "="],
  ["<>", "!="],
]);

// A hyphen inside a word belongs to it, for parameters such as batch-size: there is no arithmetic.
const word = String.raw`[\p{L}\p{N}_$]+(?:-[\p{L}\p{N}_$]+)*`;
const quotedWord = "`(?:[^`]|``)+`";

const patterns = {
  space: /\s+/y,
  name: new RegExp(`(?:(?!\\p{N})${word}|${quotedWord})(?:\\.(?:${word}|${quotedWord}))*`, "uy"),
  number: /[+-]?(?:\d+n|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(?![\p{L}\p{N}_$.])/iuy,
  namedNumber: /[+-]?(?:nan|infinity)(?![\p{L}\p{N}_$.-])/iuy,
  symbol: /&&|\|\||==|<>|!=|<=|>=|[=<>!()[\],]/y,
  /** What to show of a place where nothing fits. */
  rest: /[^\s()[\],]+|./suy,
};

/** The words of an expression, with an end; `INVALID_EXPRESSION` where there is none to be read. */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let offset = match(patterns.space, text, 0).length;
  while (offset < text.length) {
    const { content, end } = readToken(text, offset);
    tokens.push({ ...content, offset, text: text.slice(offset, end) });
    offset = end + match(patterns.space, text, end).length;
  }
  return [...tokens, { kind: "end", offset: text.length, text: "" }];
}

function readToken(text: string, offset: number): { content: TokenContent; end: number } {
  const first = text.charAt(offset);
  if (first === "'" || first === '"') {
    const { value, end } = readString(text, offset);
    return { content: { kind: "literal", value }, end };
  }
  for (const [pattern, toContent] of readers) {
    const found = match(pattern, text, offset);
    if (found !== "") return { content: toContent(found), end: offset + found.length };
  }
  const rest = match(patterns.rest, text, offset).slice(0, 40);
  const what = /[\d.+-]/.test(first) ? "cannot read the number" : "unexpected";
  throw syntaxError(offset, `${what} "${rest}"`);
}

const readers: readonly (readonly [RegExp, (found: string) => TokenContent])[] = [
  [patterns.namedNumber, (found) => ({ kind: "literal", value: toNamedNumber(found) })],
  [patterns.name, toWord],
  [patterns.number, (found) => ({ kind: "literal", value: toNumber(found) })],
  [patterns.symbol, toWord],
];

/** What a sticky pattern finds at the offset, or nothing. */
function match(pattern: RegExp, text: string, offset: number): string {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0] ?? "";
}

function toNamedNumber(found: string): number {
  if (/nan/i.test(found)) return NaN;
  return found.startsWith("-") ? -Infinity : Infinity;
}

function toNumber(found: string): number | bigint {
  if (/n$/i.test(found)) return BigInt(found.replace("+", "").slice(0, -1));
  // The sum makes -0 the 0 that it equals.
  return Number(found) + 0;
}

function toWord(found: string): TokenContent {
  const lower = found.toLowerCase();
  const plain = synonyms.get(lower) ?? lower;
  const keyword = keywords.find((candidate) => candidate === plain);
  if (keyword !== undefined) return { kind: "keyword", keyword };
  const symbol = symbols.find((candidate) => candidate === plain);
  if (symbol !== undefined) return { kind: "symbol", symbol };
  return { kind: "name", name: found.replaceAll(/`((?:[^`]|``)+)`/g, unquote) };
}

function unquote(_: string, name: string): string {
  return name.replaceAll("``", "`");
}

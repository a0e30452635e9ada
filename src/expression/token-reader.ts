import { syntaxError } from "./syntax-error.ts";
import { type Keyword, type Punctuation, type Token, tokenize } from "./tokens.ts";

/** Goes through the tokens of an expression, and knows what to say when one does not fit. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  readonly #end: Token;
  #position = 0;

  constructor(text: string) {
    this.#tokens = tokenize(text);
    this.#end = { kind: "end", offset: text.length, text: "" };
  }

  peek(): Token {
    return this.#tokens[this.#position] ?? this.#end;
  }

  next(): Token {
    const token = this.peek();
    this.#position++;
    return token;
  }

  /** Goes past the keyword, if it is the next token. */
  takeKeyword(keyword: Keyword): boolean {
    const token = this.peek();
    const found = token.kind === "keyword" && token.keyword === keyword;
    if (found) this.#position++;
    return found;
  }

  /** Goes past the symbol, if it is the next token. */
  takeSymbol(symbol: Punctuation): boolean {
    const token = this.peek();
    const found = token.kind === "symbol" && token.symbol === symbol;
    if (found) this.#position++;
    return found;
  }

  /** Throws that something else was expected in the place of the next token. */
  fail(expected: string): never {
    const before = this.#tokens[this.#position - 1];
    const after = before === undefined ? "" : ` after "${shorten(before.text)}"`;
    const token = this.peek();
    const found = token.kind === "end" ? "the end" : `"${shorten(token.text)}"`;
    throw syntaxError(token.offset, `expected ${expected}${after}, found ${found}`);
  }
}

function shorten(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 40)}…`;
}

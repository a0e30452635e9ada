import { invalidSpace } from "../invalid-space.ts";
import { type Token, tokenize } from "./tokens.ts";

const maxDepth = 50;

/** Goes through the tokens of a text; every complaint is `INVALID_SPACE` and names the place. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  readonly #text: string;
  /** Path of the parameter that the text belongs to. */
  readonly #name: string;
  #next = 0;
  #depth = 0;

  constructor(text: string, name: string) {
    this.#tokens = tokenize(text, name);
    this.#text = text;
    this.#name = name;
  }

  /** The next token, or one after it; undefined at the end. */
  peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#next + ahead];
  }

  skip(count = 1): void {
    this.#next += count;
  }

  isMark(mark: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token?.type === "mark" && token.value === mark;
  }

  /** Goes past the mark if it is next, and says whether it was. */
  accept(mark: string): boolean {
    const found = this.isMark(mark);
    if (found) this.skip();
    return found;
  }

  /** Goes past the mark, which must be next. */
  expect(mark: string): void {
    if (!this.accept(mark)) throw this.unexpected(`"${mark}"`);
  }

  /**
   * Items with commas between them, and perhaps after them, up to the closing mark.
   * Returns whether a comma was the last.
   */
  list(close: string, readItem: () => void): boolean {
    if (++this.#depth > maxDepth) throw this.problem("lists are nested too deeply");
    let comma = false;
    while (!this.accept(close)) {
      readItem();
      comma = this.accept(",");
      if (!comma && !this.isMark(close)) throw this.unexpected(`"," or "${close}"`);
    }
    this.#depth--;
    return comma;
  }

  unexpected(wanted: string): Error {
    const token = this.peek();
    const found = token === undefined ? "the end" : `"${token.value}" at position ${token.at}`;
    return this.problem(`expected ${wanted}, found ${found} of "${this.#text}"`);
  }

  problem(problem: string): Error {
    return invalidSpace(this.#name, problem);
  }
}

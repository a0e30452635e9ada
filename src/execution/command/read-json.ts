/** A text that is not JSON, and where it goes wrong. */
export class JsonError extends Error {
  /** Counts characters from 0. */
  readonly position: number;

  constructor(problem: string, position: number) {
    super(problem);
    this.position = position;
  }
}

/**
 * The value of a JSON text; NaN, Infinity and -Infinity are accepted as numbers too, because Python writes
 * them. Throws `JsonError`.
 */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Slower, but knows more numbers, and where the text goes wrong.
    return new JsonReader(text).read();
  }
}

const token =
  /[ \t\n\r]*(?:([{}[\],:])|("(?:[^"\\\0-\x1f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|true\b|false\b|null\b)|(NaN\b|-?Infinity\b))/y;
const maxDepth = 1000;

class JsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): unknown {
    const value = this.#value(0);
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#problem("nothing more");
    return value;
  }

  #value(depth: number): unknown {
    if (depth > maxDepth) throw new JsonError("is nested too deeply", this.#at);
    token.lastIndex = this.#at;
    const [whole, mark, plain, number] = token.exec(this.#text) ?? [];
    if (whole === undefined) throw this.#problem("a value");
    if (plain !== undefined || number !== undefined) {
      this.#at += whole.length;
      return plain === undefined ? Number(number) : (JSON.parse(plain) as unknown);
    }
    if (mark === "[") return this.#array(depth);
    if (mark === "{") return this.#object(depth);
    throw this.#problem("a value");
  }

  #array(depth: number): readonly unknown[] {
    const items: unknown[] = [];
    this.#expect("[");
    if (this.#accept("]")) return items;
    do items.push(this.#value(depth + 1));
    while (this.#accept(","));
    this.#expect("]", '"," or "]"');
    return items;
  }

  #object(depth: number): unknown {
    const entries: [string, unknown][] = [];
    this.#expect("{");
    if (this.#accept("}")) return {};
    do {
      this.#skipSpace();
      if (this.#text[this.#at] !== '"') throw this.#problem("a name in double quotes");
      const name = String(this.#value(depth));
      this.#expect(":");
      entries.push([name, this.#value(depth + 1)]);
    } while (this.#accept(","));
    this.#expect("}", '"," or "}"');
    return Object.fromEntries(entries);
  }

  #accept(mark: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== mark) return false;
    this.#at += 1;
    return true;
  }

  #expect(mark: string, wanted = `"${mark}"`): void {
    if (!this.#accept(mark)) throw this.#problem(wanted);
  }

  #skipSpace(): void {
    while (/[ \t\n\r]/.test(this.#text.charAt(this.#at))) this.#at += 1;
  }

  #problem(wanted: string): JsonError {
    this.#skipSpace();
    const [found] = this.#text.slice(this.#at);
    const what = found === undefined ? "it ends" : `it has ${JSON.stringify(found)}`;
    return new JsonError(`${what} where ${wanted} should be`, this.#at);
  }
}

import { invalidSpace } from "../invalid-space.ts";
import { type Token, tokenize } from "./tokens.ts";

/** A call in Python's notation. Its arguments are literals: nothing is ever evaluated. */
export interface Call {
  readonly function: string;
  /** Numbers, strings, booleans, null, arrays; a dict is a Map. */
  readonly positional: readonly unknown[];
  readonly keywords: ReadonlyMap<string, unknown>;
}

const constants: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["True", true],
  ["False", false],
  ["None", null],
  ["true", true],
  ["false", false],
  ["null", null],
  ["inf", Infinity],
  ["np.inf", Infinity],
  ["numpy.inf", Infinity],
  ["math.inf", Infinity],
]);

const maxDepth = 50;

/** The call that a text is; `INVALID_SPACE` naming the place where it is not one. */
export function parseCall(text: string, name: string): Call {
  const tokens = tokenize(text, name);
  let next = 0;
  let depth = 0;

  function fail(wanted: string): never {
    const token = tokens[next];
    const found = token === undefined ? "the end" : `"${token.value}" at position ${token.at}`;
    throw invalidSpace(name, `expected ${wanted}, found ${found} of "${text}"`);
  }

  function isMark(value: string, ahead = 0): boolean {
    const token = tokens[next + ahead];
    return token?.type === "mark" && token.value === value;
  }

  function accept(value: string): boolean {
    const found = isMark(value);
    if (found) next++;
    return found;
  }

  function expect(value: string): void {
    if (!accept(value)) fail(`"${value}"`);
  }

  /** Items with commas between them, and perhaps after them, up to the closing mark. */
  function list(close: string, item: () => void): { readonly comma: boolean } {
    if (++depth > maxDepth) throw invalidSpace(name, `lists are nested too deeply`);
    let comma = false;
    while (!accept(close)) {
      item();
      comma = accept(",");
      if (!comma && !isMark(close)) fail(`"," or "${close}"`);
    }
    depth--;
    return { comma };
  }

  function sequence(close: string): { readonly items: unknown[]; readonly comma: boolean } {
    const items: unknown[] = [];
    return { items, ...list(close, () => items.push(literal())) };
  }

  function dict(): ReadonlyMap<unknown, unknown> {
    const entries = new Map<unknown, unknown>();
    list("}", () => {
      const key = literal();
      expect(":");
      entries.set(key, literal());
    });
    return entries;
  }

  function signed(): number {
    const negative = isMark("-");
    next++;
    const value = isMark("-") || isMark("+") ? signed() : literal();
    if (typeof value !== "number") fail("a number after the sign");
    return negative ? -value : value;
  }

  function literal(): unknown {
    const token = tokens[next];
    if (isMark("-") || isMark("+")) return signed();
    if (accept("[")) return sequence("]").items;
    if (accept("{")) return dict();
    if (accept("(")) {
      const { items, comma } = sequence(")");
      return items.length === 1 && !comma ? items[0] : items;
    }
    const constant = token?.type === "name" ? constants.get(token.value) : undefined;
    const value = token?.type === "number" || token?.type === "string" ? token.value : constant;
    if (value === undefined) fail("a value");
    next++;
    return value;
  }

  const called = tokens[next];
  if (called?.type !== "name") fail("the name of a distribution");
  next++;
  expect("(");
  const positional: unknown[] = [];
  const keywords = new Map<string, unknown>();
  list(")", () => {
    const token = tokens[next];
    if (token?.type === "name" && isMark("=", 1)) {
      next += 2;
      if (keywords.has(token.value)) {
        throw invalidSpace(name, `argument "${token.value}" is given twice in "${text}"`);
      }
      keywords.set(token.value, literal());
    } else if (keywords.size > 0) {
      fail("an argument with a name, as those before it have one");
    } else {
      positional.push(literal());
    }
  });
  if (next < tokens.length) fail("nothing more");
  return { function: called.value, positional, keywords };
}

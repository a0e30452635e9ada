import { readLiteral } from "./literal.ts";
import { TokenReader } from "./token-reader.ts";

/** A call in Python's notation. Its arguments are literals: nothing is ever evaluated. */
export interface Call {
  readonly function: string;
  /** Numbers, strings, booleans, null, arrays; a dict is a Map. */
  readonly positional: readonly unknown[];
  readonly keywords: ReadonlyMap<string, unknown>;
}

/** The call that a text is; `INVALID_SPACE` naming the place where it is not one. */
export function parseCall(text: string, name: string): Call {
  const reader = new TokenReader(text, name);
  const called = reader.peek();
  if (called?.type !== "name") throw reader.unexpected("the name of a distribution");
  reader.skip();
  reader.expect("(");
  const positional: unknown[] = [];
  const keywords = new Map<string, unknown>();
  reader.list(")", () => {
    const token = reader.peek();
    if (token?.type === "name" && reader.isMark("=", 1)) {
      if (keywords.has(token.value)) {
        throw reader.problem(`argument "${token.value}" is given twice in "${text}"`);
      }
      reader.skip(2);
      keywords.set(token.value, readLiteral(reader));
    } else if (keywords.size > 0) {
      throw reader.unexpected("an argument with a name, as those before it have one");
    } else {
      positional.push(readLiteral(reader));
    }
  });
  if (reader.peek() !== undefined) throw reader.unexpected("nothing more");
  return { function: called.value, positional, keywords };
}

import { type TokenReader } from "./token-reader.ts";

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

/**
 * The value of a Python literal: number, string, boolean or null; a list or tuple as an array,
 * a dict as a Map. Names other than those of constants are no values.
 */
export function readLiteral(reader: TokenReader): unknown {
  if (reader.isMark("-") || reader.isMark("+")) return readSigned(reader);
  if (reader.accept("[")) return readSequence(reader, "]").items;
  if (reader.accept("{")) return readDict(reader);
  if (reader.accept("(")) {
    const { items, comma } = readSequence(reader, ")");
    // As in Python, a comma is what makes a tuple of one.
    return items.length === 1 && !comma ? items[0] : items;
  }
  const token = reader.peek();
  const constant = token?.type === "name" ? constants.get(token.value) : undefined;
  const value = token?.type === "number" || token?.type === "string" ? token.value : constant;
  if (value === undefined) throw reader.unexpected("a value");
  reader.skip();
  return value;
}

/** One sign: an arithmetic expression is no literal. */
function readSigned(reader: TokenReader): number {
  const negative = reader.isMark("-");
  reader.skip();
  const token = reader.peek();
  const value =
    token?.type === "number" || token?.type === "name" ? readLiteral(reader) : undefined;
  if (typeof value !== "number") throw reader.unexpected("a number after the sign");
  return negative ? -value : value;
}

function readSequence(
  reader: TokenReader,
  close: string,
): { readonly items: readonly unknown[]; readonly comma: boolean } {
  const items: unknown[] = [];
  const comma = reader.list(close, () => items.push(readLiteral(reader)));
  return { items, comma };
}

function readDict(reader: TokenReader): ReadonlyMap<unknown, unknown> {
  const entries = new Map<unknown, unknown>();
  reader.list("}", () => {
    const key = readLiteral(reader);
    reader.expect(":");
    entries.set(key, readLiteral(reader));
  });
  return entries;
}

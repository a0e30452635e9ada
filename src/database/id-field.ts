const idForm = /^[0-9a-f]{32}$/;
const idDigits = 32;
const digits = Array.from("0123456789abcdef");

/** Whether a value is one that a declared field of type `id` holds. */
export function isId(value: unknown): value is string {
  return typeof value === "string" && idForm.test(value);
}

/**
 * The least id that is not before a text, in the order of strings; undefined when every id is before it. For
 * a backend that keeps ids as bytes: a range with an operand of any form is one with an id.
 * @example leastIdFrom("ab") // "ab000000000000000000000000000000"
 */
export function leastIdFrom(text: string): string | undefined {
  const prefix = /^[0-9a-f]{0,32}/.exec(text)?.[0] ?? "";
  const rest = text.charAt(prefix.length);
  if (rest === "") return prefix.padEnd(idDigits, "0");
  const next = prefix.length < idDigits ? digits.find((digit) => digit > rest) : undefined;
  return next === undefined ? firstBehind(prefix) : `${prefix}${next}`.padEnd(idDigits, "0");
}

/** The first id behind all that begin with these digits. */
function firstBehind(prefix: string): string | undefined {
  const kept = prefix.replace(/f+$/, "");
  const next = digits[digits.indexOf(kept.slice(-1)) + 1];
  return kept === "" ? undefined : `${kept.slice(0, -1)}${next ?? ""}`.padEnd(idDigits, "0");
}

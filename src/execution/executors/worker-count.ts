import { AssayError } from "../../errors/assay-error.ts";
import { showValue } from "../../space/show-value.ts";

/** More are a slip, and would take the machine down before that is seen. */
const most = 1024;

/** Checks a number of workers. `USAGE` unless it is a whole number from 1 to 1024. */
export function checkCount(name: string, count: unknown): number {
  if (typeof count === "number" && Number.isInteger(count) && count >= 1 && count <= most) {
    return count;
  }
  throw new AssayError(
    "USAGE",
    `${name} is a whole number from 1 to ${String(most)}, got ${showValue(count)}`,
    { details: { option: name, value: count } },
  );
}

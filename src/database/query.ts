import { AssayError } from "../errors/assay-error.ts";
import { didYouMean } from "../util/nearest.ts";
import { ServerTime, type Operators, type Query } from "./contract.ts";

const operators = [
  "$ne",
  "$in",
  "$gt",
  "$gte",
  "$lt",
  "$lte",
  "$exists",
] as const satisfies readonly (keyof Operators)[];

export type Operator = keyof Operators | "$eq";

/** One condition of a query. The operand of `$in` is an array, that of `$exists` a boolean. */
export interface Condition {
  readonly path: string;
  readonly operator: Operator;
  readonly operand: unknown;
}

function isOperatorObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  const keys = Object.keys(value);
  return keys.length > 0 && keys.some((key) => key.startsWith("$"));
}

function parseOperator(path: string, key: string, operand: unknown): Condition {
  const operator = operators.find((known) => known === key);
  if (operator === undefined) {
    throw new AssayError(
      "INVALID_QUERY",
      `Unknown operator "${key}" on "${path}"${didYouMean(key, operators)} (one of ${operators.join(" ")})`,
      { details: { path, operator: key, accepted: operators } },
    );
  }
  checkOperand(path, operand);
  if (operator === "$in" && !Array.isArray(operand)) {
    throw new AssayError("INVALID_QUERY", `$in on "${path}" takes an array`, { details: { path } });
  }
  if (operator === "$exists" && typeof operand !== "boolean") {
    throw new AssayError("INVALID_QUERY", `$exists on "${path}" takes true or false`, {
      details: { path },
    });
  }
  return { path, operator, operand };
}

/** A value that is undefined is a slip of the caller, and leaving the condition out would match too much. */
function checkOperand(path: string, operand: unknown): void {
  if (operand !== undefined) return;
  throw new AssayError(
    "INVALID_QUERY",
    `The condition on "${path}" is undefined; null matches what is absent`,
    { details: { path } },
  );
}

/**
 * The conditions of a query, in its order. Throws `INVALID_QUERY` on an operator that does not exist, and
 * on an operand that is undefined.
 */
export function parseQuery(query: Query): readonly Condition[] {
  const conditions: Condition[] = [];
  for (const path in query) {
    const value = query[path];
    checkOperand(path, value);
    if (!(value instanceof ServerTime) && isOperatorObject(value)) {
      for (const key of Object.keys(value)) conditions.push(parseOperator(path, key, value[key]));
    } else {
      conditions.push({ path, operator: "$eq", operand: value });
    }
  }
  return conditions;
}

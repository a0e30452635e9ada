import { types } from "node:util";
import { compareValues, equalValues } from "../values/compare.ts";
import type { ComparisonOperator, Expression, Operand } from "./expression.ts";
import { parseTime } from "./time.ts";

/** The value of a name in the row at hand; undefined when the row has none. */
export type Lookup = (name: string) => unknown;

/**
 * Whether a row fulfils an expression. There is no third truth value: every comparison, also `!=`
 * and `not in`, is false when a side is absent or null, and `not` turns false into true.
 * Values of different classes are unequal and have no order; a date compares with a string that
 * is an ISO 8601 time as with that time.
 */
export function matches(expression: Expression, lookup: Lookup): boolean {
  switch (expression.kind) {
    case "and":
      return expression.terms.every((term) => matches(term, lookup));
    case "or":
      return expression.terms.some((term) => matches(term, lookup));
    case "not":
      return !matches(expression.term, lookup);
    case "comparison": {
      const left = valueOf(expression.left, lookup);
      return holds(left, expression.operator, valueOf(expression.right, lookup));
    }
    case "in": {
      const value = valueOf(expression.operand, lookup);
      const found = expression.values.some((candidate) => holds(value, "=", candidate));
      return isPresent(value) && found !== expression.negated;
    }
    case "null":
      return isPresent(valueOf(expression.operand, lookup)) === expression.negated;
  }
}

function valueOf(operand: Operand, lookup: Lookup): unknown {
  return operand.kind === "literal" ? operand.value : lookup(operand.name);
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function holds(left: unknown, operator: ComparisonOperator, right: unknown): boolean {
  if (!isPresent(left) || !isPresent(right)) return false;
  const a = types.isDate(right) ? asDate(left) : left;
  const b = types.isDate(left) ? asDate(right) : right;
  if (operator === "=") return equalValues(a, b);
  if (operator === "!=") return !equalValues(a, b);
  const order = compareValues(a, b);
  return order !== undefined && hasOrder(order, operator);
}

function hasOrder(order: number, operator: "<" | "<=" | ">" | ">="): boolean {
  switch (operator) {
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
  }
}

/** A time in text as the date that it is compared with; everything else as it is. */
function asDate(value: unknown): unknown {
  return (typeof value === "string" ? parseTime(value) : undefined) ?? value;
}

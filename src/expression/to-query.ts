import {
  type Comparison,
  type ComparisonOperator,
  conjunction,
  type Expression,
  type Literal,
} from "./expression.ts";
import { parseTime } from "./time.ts";

export interface SplitExpression {
  /** In the database's query language: `{ path: value }` or `{ path: { $lt: 1, $exists: true } }`. */
  readonly query: Readonly<Record<string, unknown>>;
  /** What is still to be asked of each document that the query finds. */
  readonly residual: Expression | undefined;
}

/** What a term asks of one field. */
interface Condition {
  readonly path: string;
  readonly operators: Readonly<Record<string, unknown>>;
  /** False when the condition also lets documents through that the term does not. */
  readonly exact: boolean;
}

/**
 * Splits the conjunction that an expression is into what a database can answer and the rest, so
 * that a document matches the query and the residual just when it matches the expression.
 *
 * `fieldOf` gives the path of a name's field, or undefined for a name that is no single field.
 * A null there passes `$ne` and `$exists` but not `!=`, which therefore narrows the query and stays
 * in the residual as well.
 */
export function toQuery(
  expression: Expression,
  fieldOf: (name: string) => string | undefined,
): SplitExpression {
  const fields = new Map<string, Record<string, unknown>>();
  const residual: Expression[] = [];
  for (const term of expression.kind === "and" ? expression.terms : [expression]) {
    const condition = toCondition(term, fieldOf);
    const added = condition !== undefined && addCondition(fields, condition);
    if (!added || !condition.exact) residual.push(term);
  }
  const [first, ...others] = residual;
  return {
    query: Object.fromEntries(Array.from(fields, ([path, asked]) => [path, toField(asked)])),
    residual: first === undefined ? undefined : conjunction([first, ...others]),
  };
}

/** Adds what is asked, unless the field has such an operator already, or has to equal a value. */
function addCondition(fields: Map<string, Record<string, unknown>>, condition: Condition): boolean {
  const { path, operators } = condition;
  const asked = fields.get(path);
  if (asked === undefined) {
    fields.set(path, { ...operators });
    return true;
  }
  const collides = Object.keys(operators).some((key) => key !== "$exists" && key in asked);
  if (collides || "$eq" in asked || "$eq" in operators) return false;
  Object.assign(asked, operators);
  return true;
}

/** Equality has no operator in the query language: the value itself is the condition. */
function toField(asked: Readonly<Record<string, unknown>>): unknown {
  return "$eq" in asked ? asked["$eq"] : asked;
}

function toCondition(
  term: Expression,
  fieldOf: (name: string) => string | undefined,
): Condition | undefined {
  if (term.kind === "comparison") return fromComparison(term, fieldOf);
  if ((term.kind !== "in" && term.kind !== "null") || term.operand.kind !== "name")
    return undefined;
  const path = fieldOf(term.operand.name);
  if (path === undefined) return undefined;
  if (term.kind === "null") {
    return { path, operators: { [term.negated ? "$ne" : "$eq"]: null }, exact: true };
  }
  if (term.negated || !term.values.every(isTranslatable)) return undefined;
  return { path, operators: { $in: term.values }, exact: true };
}

function fromComparison(
  comparison: Comparison,
  fieldOf: (name: string) => string | undefined,
): Condition | undefined {
  const { left, operator, right } =
    comparison.left.kind === "name" ? comparison : mirror(comparison);
  if (left.kind !== "name" || right.kind !== "literal") return undefined;
  const path = fieldOf(left.name);
  if (path === undefined || !isTranslatable(right.value)) return undefined;
  const operators = { [operatorNames[operator]]: right.value };
  if (operator !== "!=") return { path, operators, exact: true };
  return { path, operators: { ...operators, $exists: true }, exact: false };
}

/** The comparison that says the same with its sides exchanged. */
function mirror({ kind, left, operator, right }: Comparison): Comparison {
  return { kind, left: right, operator: mirrored[operator], right: left };
}

const operatorNames: Readonly<Record<ComparisonOperator, string>> = {
  "=": "$eq",
  "!=": "$ne",
  "<": "$lt",
  "<=": "$lte",
  ">": "$gt",
  ">=": "$gte",
};

const mirrored: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  "=": "=",
  "!=": "!=",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};

/**
 * False where a database would answer otherwise: a text that is a time also stands for dates, and
 * NaN has no order.
 */
function isTranslatable(value: Literal): boolean {
  return typeof value === "string" ? parseTime(value) === undefined : !Number.isNaN(value);
}

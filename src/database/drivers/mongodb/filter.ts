import { encodeValue } from "../../../values/encode.ts";
import { isPlainString } from "../../../values/plain.ts";
import { ServerTime, type FieldType, type SortKey } from "../../contract.ts";
import { toDeclared } from "../../declared-value.ts";
import { leastIdFrom } from "../../id-field.ts";
import type { DeclaredFields } from "../../match.ts";
import type { Condition } from "../../query.ts";
import { storedField } from "./field-names.ts";

/** Operators of MongoDB by stored path. */
export type ServerFilter = Record<string, Record<string, unknown>>;

/**
 * The part of a query that the server decides, undefined when nothing can match; and the conditions that only
 * the codec's values can decide: of those the server decides as much as rules documents out, never the last word.
 */
export interface Filter {
  readonly server: ServerFilter | undefined;
  readonly residual: readonly Condition[];
}

/** What the server decides of one condition: operators of one field; `nothing` when it cannot be met. */
type Term = { readonly operators: Record<string, unknown>; readonly exact: boolean } | "nothing";

const anything: Term = { operators: {}, exact: false };
const always: Term = { operators: {}, exact: true };
const present = { $exists: true };

/** Splits conditions into a filter of MongoDB and a residual; `now` is the database's time. */
export function toFilter(
  conditions: readonly Condition[],
  fields: DeclaredFields,
  now: number,
): Filter {
  const server: ServerFilter = {};
  const residual: Condition[] = [];
  for (const condition of conditions) {
    const { path, operand } = condition;
    const value = operand instanceof ServerTime ? now + operand.offsetMs : operand;
    const resolved = { ...condition, operand: value };
    const term = toTerm(resolved, fields);
    if (term === "nothing") return { server: undefined, residual: [] };
    if (!term.exact) residual.push(resolved);
    if (Object.keys(term.operators).length === 0) continue;
    const stored = storedField(path, fields);
    server[stored] = { ...server[stored], ...term.operators };
  }
  return { server, residual };
}

function toTerm(condition: Condition, fields: DeclaredFields): Term {
  const type = fields[condition.path];
  if (type === undefined) {
    return condition.path.includes(".") ? anything : termOfText(condition);
  }
  if (type !== "encoded") return termOfField(condition, type);
  return condition.operator === "$exists"
    ? { operators: { $exists: condition.operand }, exact: true }
    : anything;
}

/** A condition on a declared field, whose values the server knows as they are. */
function termOfField({ operator, operand }: Condition, type: FieldType): Term {
  switch (operator) {
    case "$exists":
      return { operators: { $exists: operand }, exact: true };
    case "$eq":
    case "$ne": {
      if (operand === null) return { operators: { $exists: operator === "$ne" }, exact: true };
      const native = toDeclared(type, operand);
      if (native === undefined) return operator === "$eq" ? "nothing" : always;
      return { operators: { [operator]: native }, exact: true };
    }
    case "$in": {
      const items = (operand as readonly unknown[]).flatMap((item) => {
        const native = item === null ? null : toDeclared(type, item);
        return native === undefined ? [] : [native];
      });
      return items.length === 0 ? "nothing" : { operators: { $in: items }, exact: true };
    }
    default:
      return termOfRange(operator, operand, type);
  }
}

/** `$exists` makes it plain that an index of those that have the field holds all that match. */
function termOfRange(
  operator: "$gt" | "$gte" | "$lt" | "$lte",
  end: unknown,
  type: FieldType,
): Term {
  if (type === "bytes") return "nothing";
  if (type === "id") {
    if (typeof end !== "string") return "nothing";
    return termOfIdRange(operator, end);
  }
  const native = toDeclared(type, end);
  if (native !== undefined) return { operators: { [operator]: native, ...present }, exact: true };
  const isComparable = type === "text" ? isOddString(end) : typeof end === "bigint";
  return isComparable ? { operators: present, exact: false } : "nothing";
}

function termOfIdRange(operator: "$gt" | "$gte" | "$lt" | "$lte", end: string): Term {
  const native = toDeclared("id", end);
  if (native !== undefined) return { operators: { [operator]: native, ...present }, exact: true };
  const isFrom = operator === "$gt" || operator === "$gte";
  const least = leastIdFrom(end);
  if (least === undefined) return isFrom ? "nothing" : { operators: present, exact: true };
  const bound = toDeclared("id", least);
  return { operators: { [isFrom ? "$gte" : "$lt"]: bound, ...present }, exact: true };
}

function isOddString(value: unknown): boolean {
  return typeof value === "string" && !isPlainString(value);
}

/** A condition on an undeclared field, whose values are texts of the codec: only a scalar has one text. */
function termOfText({ operator, operand }: Condition): Term {
  switch (operator) {
    case "$exists":
      return { operators: { $exists: operand }, exact: true };
    case "$eq":
      return texts([operand]);
    case "$ne": {
      const term = texts([operand]);
      if (term === "nothing" || !term.exact) return anything;
      return { operators: { $nin: term.operators["$in"] }, exact: true };
    }
    case "$in":
      return texts(operand as readonly unknown[]);
    default:
      return { operators: present, exact: false };
  }
}

function texts(values: readonly unknown[]): Term {
  if (values.some((value) => typeof value === "object" && value !== null)) return anything;
  // Null equals what is absent too.
  const items = values.flatMap((value) => (value === null ? ["null", null] : [encodeValue(value)]));
  return items.length === 0 ? "nothing" : { operators: { $in: items }, exact: true };
}

/** A sort by declared fields; undefined when the server cannot sort by one of the keys. */
export function toSort(
  sort: readonly SortKey[],
  fields: DeclaredFields,
): Record<string, 1 | -1> | undefined {
  const isSortable = ({ field }: SortKey): boolean =>
    fields[field] !== undefined && fields[field] !== "encoded" && fields[field] !== "bytes";
  if (!sort.every(isSortable)) return undefined;
  return Object.fromEntries(
    sort.map(({ field, descending }) => [field, descending === true ? -1 : 1]),
  );
}

import { compareValues, equalValues } from "../values/compare.ts";
import { decodeValue } from "../values/decode.ts";
import { isPlainObject } from "../values/plain.ts";
import type { CollectionDeclaration, Document } from "./contract.ts";
import type { Condition } from "./query.ts";

/** The declared fields of a collection; none for a collection that nobody declared. */
export type DeclaredFields = CollectionDeclaration["fields"];

/**
 * The value at a dotted path of a document, undefined when absent. Paths lead into plain objects only, and
 * into what an `encoded` field holds. A field whose own name holds dots is found first.
 */
export function valueAt(document: Document, path: string, fields: DeclaredFields): unknown {
  const own = fieldAt(document, path, fields);
  if (own !== undefined) return own;
  const dot = path.indexOf(".");
  if (dot < 0) return undefined;
  const head = path.slice(0, dot);
  let value = fieldAt(document, head, fields);
  for (const key of path.slice(dot + 1).split(".")) {
    if (!isPlainObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

function fieldAt(document: Document, field: string, fields: DeclaredFields): unknown {
  if (!Object.hasOwn(document, field)) return undefined;
  const value = document[field];
  const isEncoded = Object.hasOwn(fields, field) && fields[field] === "encoded";
  return isEncoded && typeof value === "string" ? decodeValue(value) : value;
}

function equalOrBothMissing(value: unknown, operand: unknown): boolean {
  if (value === undefined || value === null) return operand === null;
  return operand !== null && equalValues(value, operand);
}

/** Whether a value fulfils one condition: the meaning of every operator, on every backend. */
function matchesCondition(value: unknown, { operator, operand }: Condition): boolean {
  switch (operator) {
    case "$eq":
      return equalOrBothMissing(value, operand);
    case "$ne":
      return !equalOrBothMissing(value, operand);
    case "$in":
      return (operand as readonly unknown[]).some((item) => equalOrBothMissing(value, item));
    case "$exists":
      return (value !== undefined) === operand;
    case "$gt":
    case "$gte":
    case "$lt":
    case "$lte": {
      const order = compareValues(value, operand);
      if (order === undefined) return false;
      if (operator === "$gt") return order > 0;
      if (operator === "$gte") return order >= 0;
      return operator === "$lt" ? order < 0 : order <= 0;
    }
  }
}

/** Whether a document fulfils all conditions. */
export function matchesDocument(
  document: Document,
  conditions: readonly Condition[],
  fields: DeclaredFields,
): boolean {
  return conditions.every((condition) =>
    matchesCondition(valueAt(document, condition.path, fields), condition),
  );
}

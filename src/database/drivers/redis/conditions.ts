import { encodeValue } from "../../../values/encode.ts";
import { isPlainString } from "../../../values/plain.ts";
import { ServerTime, type FieldType } from "../../contract.ts";
import { leastIdFrom } from "../../id-field.ts";
import type { Condition, Operator } from "../../query.ts";
import { undeclaredSlot, type Layout } from "./layout.ts";
import type { Packable } from "./message-pack.ts";
import { toBytes } from "./stored-document.ts";

/** A value as it is stored, or the server's time and so many milliseconds. */
export type Operand = Buffer | readonly [offsetMs: number];

export type RangeOperator = "gt" | "gte" | "lt" | "lte";

/** A condition on a declared field that the script decides. */
export type FieldCondition = {
  readonly path: string;
  readonly slot: string;
  readonly kind: "number" | "text" | "bytes";
} & (
  | { readonly operator: "exists"; readonly operand: boolean }
  | { readonly operator: "eq" | "ne" | RangeOperator; readonly operand: Operand }
  | { readonly operator: "in"; readonly operand: readonly Buffer[]; readonly orAbsent: boolean }
);

/** What a condition is to the script: one that it decides, one that always or never holds, or none of these. */
type Translated = FieldCondition | "always" | "never" | "other";

const rangeOperators: Readonly<Partial<Record<Operator, RangeOperator>>> = {
  $gt: "gt",
  $gte: "gte",
  $lt: "lt",
  $lte: "lte",
};

/** A condition as the script decides it. What it cannot decide exactly as `match.ts` does is "other". */
export function translate(condition: Condition, layout: Layout): Translated {
  const field = layout.fields.get(condition.path);
  if (field === undefined) return "other";
  const { path, operator, operand } = condition;
  const { slot, type } = field;
  const base = { path, slot, kind: kindOf(type) } as const;
  if (operator === "$exists") return { ...base, operator: "exists", operand: operand === true };
  if (type === "encoded") return "other";
  if (operand === null) {
    if (operator !== "$eq" && operator !== "$ne") return "never";
    return { ...base, operator: "exists", operand: operator === "$ne" };
  }
  if (type === "bytes") return "other";
  if (operator === "$in") {
    const items = operand as readonly unknown[];
    if (items.some((item) => item instanceof ServerTime)) return "other";
    const orAbsent = items.includes(null);
    const values = items.flatMap((item) => toBytes(type, item) ?? []);
    return { ...base, operator: "in", operand: distinct(values), orAbsent };
  }
  const value = toOperand(type, operand);
  const range = rangeOperators[operator];
  if (range !== undefined) return translateRange(base, type, range, operand, value);
  if (value === undefined) return operator === "$ne" ? "always" : "never";
  return { ...base, operator: operator === "$ne" ? "ne" : "eq", operand: value };
}

function translateRange(
  base: Pick<FieldCondition, "path" | "slot" | "kind">,
  type: FieldType,
  operator: RangeOperator,
  operand: unknown,
  value: Operand | undefined,
): Translated {
  if (value !== undefined) return { ...base, operator, operand: value };
  if (type === "id" && typeof operand === "string") {
    // An operand that is no id lies between two of them.
    const isFrom = operator === "gt" || operator === "gte";
    const least = leastIdFrom(operand);
    if (least === undefined && isFrom) return "never";
    if (least === undefined) return { ...base, operator: "exists", operand: true };
    return { ...base, operator: isFrom ? "gte" : "lt", operand: Buffer.from(least, "hex") };
  }
  const isComparable = type === "text" ? typeof operand === "string" : typeof operand === "bigint";
  return isComparable ? "other" : "never";
}

function toOperand(type: FieldType, operand: unknown): Operand | undefined {
  if (!(operand instanceof ServerTime)) return toBytes(type, operand);
  return type === "integer" || type === "real" ? [operand.offsetMs] : undefined;
}

function kindOf(type: FieldType): FieldCondition["kind"] {
  if (type === "integer" || type === "real") return "number";
  return type === "text" ? "text" : "bytes";
}

function distinct(values: readonly Buffer[]): Buffer[] {
  return [...new Map(values.map((value) => [value.toString("latin1"), value])).values()];
}

/** A condition on a declared field for the script: `{ slot, kind, operator, operand, orAbsent }`. */
export function packCondition(condition: FieldCondition): Packable {
  const { slot, kind, operator, operand } = condition;
  return [slot, kind, operator, operand, condition.operator === "in" && condition.orAbsent];
}

/**
 * A condition on an undeclared field for the script, undefined when it cannot decide it. It gives up when it
 * meets a big integer or a number that JSON lacks.
 */
export function packUndeclared(
  { path, operator, operand }: Condition,
  layout: Layout,
): Packable | undefined {
  if (layout.fields.has(path) || path.includes(".") || !isPlainString(path)) return undefined;
  const slot = undeclaredSlot(path);
  const isEquality = operator === "$eq" || operator === "$ne";
  if (operator === "$exists") return [slot, "", "exists", operand === true];
  if (isEquality && operand === null) return [slot, "", "null", operator === "$eq"];
  const name = rangeOperators[operator] ?? (operator === "$eq" ? "eq" : "ne");
  if (operator === "$in") return undefined;
  if (operand instanceof ServerTime) return [slot, "number", name, [operand.offsetMs]];
  if (typeof operand === "number" && Number.isFinite(operand) && !Object.is(operand, -0)) {
    return [slot, "number", name, operand];
  }
  const isText = typeof operand === "string" || typeof operand === "boolean";
  return isText && isEquality ? [slot, "text", name, encodeValue(operand)] : undefined;
}

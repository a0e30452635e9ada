import { encodeValue } from "../../../values/encode.ts";
import { isPlainKey } from "../../../values/plain.ts";
import { ServerTime, type FieldType, type SortKey } from "../../contract.ts";
import { leastIdFrom } from "../../id-field.ts";
import type { DeclaredFields } from "../../match.ts";
import type { Condition, Operator } from "../../query.ts";
import { isComparable, toDeclared } from "../../declared-value.ts";
import { identifier, restColumn } from "../../sql/names.ts";
import type { Bound } from "./columns.ts";

/** Where a dotted path leads: a column, and the JSON path within it ("" for the whole). */
export function locate(path: string, fields: DeclaredFields): { column: string; inside: string } {
  const [head = "", ...keys] = path.split(".");
  const declared = fields[head] !== undefined;
  const steps = declared ? keys : [head, ...keys];
  return {
    column: identifier(declared ? head : restColumn),
    inside: steps.length === 0 ? "" : `'$${steps.map(jsonStep).join("")}'`,
  };
}

function jsonStep(key: string): string {
  return `.${JSON.stringify(key).replaceAll("'", "''")}`;
}

/**
 * The part of a query that SQL decides, and the conditions that only the codec's values can decide: those
 * have a part in the SQL too where it can rule documents out, but never the last word.
 */
export interface Filter {
  readonly sql: string;
  readonly bound: readonly Bound[];
  readonly residual: readonly Condition[];
}

interface Term {
  readonly sql: string;
  readonly bound: readonly Bound[];
  readonly exact: boolean;
}

const comparison = { $gt: ">", $gte: ">=", $lt: "<", $lte: "<=" } as const;
const everything: Term = { sql: "1", bound: [], exact: false };
const nothing: Term = { sql: "0", bound: [], exact: true };

/** Splits conditions into SQL and a residual; `now` is the database's time. */
export function toFilter(
  conditions: readonly Condition[],
  fields: DeclaredFields,
  now: () => number,
): Filter {
  const terms: string[] = [];
  const bound: Bound[] = [];
  const residual: Condition[] = [];
  for (const condition of conditions) {
    const type = fields[condition.path];
    const { operand } = condition;
    const value = atTime(operand, now);
    const term =
      type === undefined || type === "encoded"
        ? termInside(condition, value, fields, type === "encoded")
        : termOfColumn(condition, value, type);
    terms.push(term.sql);
    bound.push(...term.bound);
    if (!term.exact) residual.push({ ...condition, operand: value });
  }
  return { sql: terms.length === 0 ? "1" : terms.join(" AND "), bound, residual };
}

/** A value, or the database's time with its offset. */
export function atTime(value: unknown, now: () => number): unknown {
  return value instanceof ServerTime ? now() + value.offsetMs : value;
}

function termOfColumn({ path, operator }: Condition, value: unknown, type: FieldType): Term {
  const column = identifier(path);
  if (operator === "$exists" || value === null) {
    const present = operator === "$exists" ? value === true : operator === "$ne";
    if (value === null && operator !== "$eq" && operator !== "$ne") return nothing;
    return { sql: `${column} IS ${present ? "NOT " : ""}NULL`, bound: [], exact: true };
  }
  if (operator === "$in") {
    const items = value as readonly unknown[];
    if (type === "bytes" || items.includes(null)) return everything;
    const list = items.filter((item) => toDeclared(type, item) !== undefined).map(jsonText);
    return {
      sql: `${column} IN (SELECT ${type === "id" ? "unhex(value)" : "value"} FROM json_each(?))`,
      bound: [`[${list.join(",")}]`],
      exact: true,
    };
  }
  const bound = toDeclared(type, value);
  const isRange = operator in comparison;
  if (isRange && bound === undefined && isComparable(type, value)) {
    return type === "id" ? idRange(column, operator, value as string) : everything;
  }
  if (bound === undefined) return operator === "$ne" ? { ...everything, exact: true } : nothing;
  if (operator === "$eq") return { sql: `${column} = ?`, bound: [bound], exact: true };
  if (operator === "$ne") return { sql: `${column} IS NOT ?`, bound: [bound], exact: true };
  if (type === "bytes") return nothing;
  return { sql: `${column} ${comparison[operator]} ?`, bound: [bound], exact: true };
}

/** A range of ids whose end is a text that is none, such as the beginning of one. */
function idRange(column: string, operator: Operator, end: string): Term {
  const isFrom = operator === "$gt" || operator === "$gte";
  const least = leastIdFrom(end);
  if (least === undefined && isFrom) return nothing;
  if (least === undefined) return { sql: `${column} IS NOT NULL`, bound: [], exact: true };
  const bound = [Buffer.from(least, "hex")];
  return { sql: `${column} ${isFrom ? ">=" : "<"} ?`, bound, exact: true };
}

/** JSON has no infinities; SQLite reads a number beyond all others as one. */
function jsonText(item: unknown): string {
  if (item === Infinity || item === -Infinity) return item > 0 ? "9e999" : "-9e999";
  return JSON.stringify(item);
}

/** A term over JSON: it may admit too much, never too little. */
function termInside(
  { path, operator }: Condition,
  value: unknown,
  fields: DeclaredFields,
  whole: boolean,
): Term {
  const { column, inside } = locate(path, fields);
  if (whole) {
    if (operator !== "$exists") return everything;
    return { sql: `${column} IS ${value === true ? "NOT " : ""}NULL`, bound: [], exact: true };
  }
  const [head = "", ...keys] = path.split(".");
  const isJson = fields[head] === undefined || fields[head] === "encoded";
  if (!isJson || ![head, ...keys].every(isPlainKey)) return everything;
  const unreachable = outOfReach(path, column);
  const scalar =
    typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  if (operator === "$eq" && scalar && value !== 0) {
    return {
      sql: `(${column} -> ${inside} = ? OR ${unreachable})`,
      bound: [encodeValue(value)],
      exact: false,
    };
  }
  const isRange = operator in comparison;
  if (isRange && typeof value === "number" && Number.isFinite(value)) {
    const compared = `json_extract(${column}, ${inside}) ${comparison[operator as keyof typeof comparison]} ?`;
    const tagged = `json_type(${column}, ${inside}) = 'object'`;
    return { sql: `(${compared} OR ${tagged} OR ${unreachable})`, bound: [value], exact: false };
  }
  return everything;
}

/**
 * Whether a value may be where the JSON path does not lead: objects with odd keys are stored as lists of
 * pairs, and a field whose own name is the dotted path comes before what the path leads to.
 */
function outOfReach(path: string, column: string): string {
  const odd = (name: string): string => `instr(${name}, '"$object"')`;
  if (!path.includes(".")) return odd(column);
  const rest = identifier(restColumn);
  const own = `${rest} -> '$${jsonStep(path)}' IS NOT NULL`;
  return column === rest ? `${odd(rest)} OR ${own}` : `${odd(column)} OR ${odd(rest)} OR ${own}`;
}

/** ORDER BY over real columns; undefined when a key is not one. */
export function toOrder(sort: readonly SortKey[], fields: DeclaredFields): string | undefined {
  if (sort.length === 0) return "";
  const isColumn = ({ field }: SortKey): boolean =>
    fields[field] !== undefined && fields[field] !== "encoded" && fields[field] !== "bytes";
  if (!sort.every(isColumn)) return undefined;
  const keys = sort.map(
    ({ field, descending }) => `${identifier(field)}${descending === true ? " DESC" : ""}`,
  );
  return ` ORDER BY ${keys.join(", ")}`;
}

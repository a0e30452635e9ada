import { encodeValue } from "../../../values/encode.ts";
import { isPlainKey } from "../../../values/plain.ts";
import { ServerTime, type FieldType, type SortKey } from "../../contract.ts";
import { leastIdFrom } from "../../id-field.ts";
import type { DeclaredFields } from "../../match.ts";
import type { Condition, Operator } from "../../query.ts";
import { isComparable } from "../../declared-value.ts";
import { identifier, restColumn } from "../../sql/names.ts";
import { timeSql } from "./clock.ts";
import { isBigint, sqlType, toArray, toBound } from "./columns.ts";
import type { Parameters } from "./statement.ts";

/**
 * The part of a query that SQL decides, and the conditions that only the codec's values can decide: those
 * have a part in the SQL too where it can rule documents out, but never the last word.
 */
export interface Filter {
  readonly sql: string;
  readonly residual: readonly Condition[];
}

interface Term {
  readonly sql: string;
  readonly exact: boolean;
}

const comparison = { $gt: ">", $gte: ">=", $lt: "<", $lte: "<=" } as const;
type Range = keyof typeof comparison;
const everything: Term = { sql: "true", exact: false };
const nothing: Term = { sql: "false", exact: true };

function isRange(operator: Operator): operator is Range {
  return operator in comparison;
}

/** Splits conditions into SQL, whose parameters it adds, and a residual. */
export function toFilter(
  conditions: readonly Condition[],
  fields: DeclaredFields,
  parameters: Parameters,
): Filter {
  const terms: string[] = [];
  const residual: Condition[] = [];
  for (const condition of conditions) {
    const type = fields[condition.path];
    const term =
      type === undefined || type === "encoded"
        ? termInside(condition, fields, type === "encoded", parameters)
        : termOfColumn(condition, type, parameters);
    if (term.sql !== everything.sql) terms.push(term.sql);
    if (!term.exact) residual.push(condition);
  }
  return { sql: terms.length === 0 ? "true" : terms.join(" AND "), residual };
}

function termOfColumn(condition: Condition, type: FieldType, parameters: Parameters): Term {
  const { path, operator, operand } = condition;
  const column = identifier(path);
  if (operator === "$exists" || operand === null) {
    const present = operator === "$exists" ? operand === true : operator === "$ne";
    if (operand === null && operator !== "$eq" && operator !== "$ne") return nothing;
    return { sql: `${column} IS ${present ? "NOT " : ""}NULL`, exact: true };
  }
  if (operator === "$in") return listTerm(column, type, operand as readonly unknown[], parameters);
  if (operand instanceof ServerTime) {
    if (type !== "real" || !isRange(operator)) return everything;
    const time = timeSql(operand.offsetMs, parameters);
    return { sql: `${column} ${comparison[operator]} ${time}`, exact: true };
  }
  const bound = toBound(type, operand);
  if (bound === undefined) return unheldTerm(column, type, operator, operand, parameters);
  if (operator === "$eq") return { sql: `${column} = ${parameters.add(bound)}`, exact: true };
  if (operator === "$ne") {
    return { sql: `${column} IS DISTINCT FROM ${parameters.add(bound)}`, exact: true };
  }
  if (type === "bytes") return nothing;
  return { sql: `${column} ${comparison[operator]} ${parameters.add(bound)}`, exact: true };
}

function listTerm(
  column: string,
  type: FieldType,
  items: readonly unknown[],
  parameters: Parameters,
): Term {
  if (type === "bytes" || items.includes(null)) return everything;
  const bounds = items.map((item) => toBound(type, item)).filter((item) => item !== undefined);
  const array = parameters.add(toArray(bounds));
  return { sql: `${column} = ANY(${array}::${sqlType[type]}[])`, exact: true };
}

/** A condition with an operand that no column of the type can hold. */
function unheldTerm(
  column: string,
  type: FieldType,
  operator: Operator,
  operand: unknown,
  parameters: Parameters,
): Term {
  const present: Term = { sql: `${column} IS NOT NULL`, exact: true };
  if (operator === "$ne") return { ...everything, exact: true };
  if (!isRange(operator)) return nothing;
  const isFrom = operator === "$gt" || operator === "$gte";
  if (type === "id" && typeof operand === "string") {
    const least = leastIdFrom(operand);
    if (least === undefined) return isFrom ? nothing : present;
    return { sql: `${column} ${isFrom ? ">=" : "<"} ${parameters.add(least)}`, exact: true };
  }
  if (type === "integer" && typeof operand === "number" && !Number.isNaN(operand)) {
    // Between two integers, or beyond all.
    const least = Math.ceil(operand);
    if (!isBigint(least)) return operand > 0 === isFrom ? nothing : present;
    return {
      sql: `${column} ${isFrom ? ">=" : "<"} ${parameters.add(String(least))}`,
      exact: true,
    };
  }
  return isComparable(type, operand) ? everything : nothing;
}

/** A term over JSON: it may admit too much, never too little. */
function termInside(
  { path, operator, operand }: Condition,
  fields: DeclaredFields,
  whole: boolean,
  parameters: Parameters,
): Term {
  if (whole) {
    if (operator !== "$exists") return everything;
    return { sql: `${identifier(path)} IS ${operand === true ? "NOT " : ""}NULL`, exact: true };
  }
  const [head = "", ...keys] = path.split(".");
  const isJson = fields[head] === undefined || fields[head] === "encoded";
  if (!isJson || ![head, ...keys].every(isPlainKey)) return everything;
  const { column, value } = locate(path, fields);
  const isScalar = ["string", "number", "boolean"].includes(typeof operand);
  if (operator === "$eq" && isScalar && operand !== 0) {
    const text = parameters.add(encodeValue(operand));
    return { sql: `(${value}::text = ${text} OR ${outOfReach(path, column)})`, exact: false };
  }
  if (isRange(operator) && typeof operand === "number" && Number.isFinite(operand)) {
    const number = `(${value} #>> '{}')::double precision`;
    const end = `${parameters.add(String(operand))}::double precision`;
    const compared = `CASE json_typeof(${value}) WHEN 'number' THEN ${number} ${comparison[operator]} ${end} WHEN 'object' THEN true ELSE false END`;
    return { sql: `(${compared} OR ${outOfReach(path, column)})`, exact: false };
  }
  return everything;
}

/** Where a dotted path leads: a column, and what is there as JSON (the column itself for the whole). */
export function locate(path: string, fields: DeclaredFields): { column: string; value: string } {
  const [head = "", ...keys] = path.split(".");
  const isDeclared = fields[head] !== undefined;
  const column = identifier(isDeclared ? head : restColumn);
  const steps = isDeclared ? keys : [head, ...keys];
  return { column, value: steps.length === 0 ? column : jsonAt(column, steps) };
}

function jsonAt(column: string, steps: readonly string[]): string {
  return `(${column} #> ARRAY[${steps.map(literal).join(", ")}])`;
}

/** A text in SQL, where no parameter can be. */
export function literal(text: string): string {
  const escaped = text.replaceAll("'", "''");
  return text.includes("\\") ? `E'${escaped.replaceAll("\\", "\\\\")}'` : `'${escaped}'`;
}

/**
 * Whether a value may be where the JSON path does not lead: objects with odd keys are stored as lists of
 * pairs, and a field whose own name is the dotted path comes before what the path leads to.
 */
function outOfReach(path: string, column: string): string {
  const odd = (name: string): string => `position('"$object"' in ${name}::text) > 0`;
  if (!path.includes(".")) return odd(column);
  const rest = identifier(restColumn);
  const own = `${jsonAt(rest, [path])} IS NOT NULL`;
  return column === rest ? `${odd(rest)} OR ${own}` : `${odd(column)} OR ${odd(rest)} OR ${own}`;
}

/** ORDER BY over real columns, absent values first; undefined when a key is not one. */
export function toOrder(sort: readonly SortKey[], fields: DeclaredFields): string | undefined {
  if (sort.length === 0) return "";
  const isColumn = ({ field }: SortKey): boolean =>
    fields[field] !== undefined && fields[field] !== "encoded" && fields[field] !== "bytes";
  if (!sort.every(isColumn)) return undefined;
  const keys = sort.map(
    ({ field, descending }) =>
      `${identifier(field)} ${descending === true ? "DESC NULLS LAST" : "ASC NULLS FIRST"}`,
  );
  return ` ORDER BY ${keys.join(", ")}`;
}

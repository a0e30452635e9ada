import type { FieldType, ViewDeclaration } from "../../contract.ts";
import { parseQuery } from "../../query.ts";
import { identifier } from "../../sql/names.ts";
import { literal, locate } from "./filter.ts";
import { shortIdentifier } from "./short-identifier.ts";
import type { Texts } from "./statement.ts";
import type { Table } from "./table.ts";

/** A literal: a view cannot have bound parameters. */
function constant(value: unknown): string {
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  if (typeof value === "string") return literal(value);
  throw new RangeError("A view is restricted by numbers and strings only");
}

/** A whole column as a person reads it: an id by its digits. */
function readable(column: string, type: FieldType | undefined): string {
  return type === "id" ? `replace(${column}::text, '-', '')` : column;
}

function whereSql({ query }: ViewDeclaration, { fields }: Table): string {
  const conditions = parseQuery(query).map(
    ({ path, operand }) => `${readable(identifier(path), fields[path])} = ${constant(operand)}`,
  );
  return conditions.length === 0 ? "true" : conditions.join(" AND ");
}

/** The columns that are inside JSON: name and SQL of the JSON. */
function insides(view: ViewDeclaration, table: Table): (readonly [name: string, json: string])[] {
  return Object.entries(view.columns).flatMap(([name, path]) => {
    const { column, value } = locate(path, table.fields);
    return value === column ? [] : [[name, value] as const];
  });
}

const looksAt = 1000;

/** A query for the kinds of JSON in each column inside JSON, among the first documents: "boolean,number", say. */
export function kindsSql(view: ViewDeclaration, table: Table): string | undefined {
  const columns = insides(view, table).map(
    ([, json]) => `string_agg(DISTINCT ${kindSql(json)}, ',')`,
  );
  if (columns.length === 0) return undefined;
  const some = `SELECT * FROM ${table.name} WHERE ${whereSql(view, table)} LIMIT ${String(looksAt)}`;
  return `SELECT ${columns.join(", ")} FROM (${some}) AS looked_at`;
}

/** The kind of a JSON value; what the codec writes for NaN, infinities and -0 is a number too. */
function kindSql(json: string): string {
  const tagged = `CASE WHEN ${json} ->> '$number' IS NULL THEN 'object' ELSE 'number' END`;
  return `CASE json_typeof(${json}) WHEN 'object' THEN ${tagged} ELSE nullif(json_typeof(${json}), 'null') END`;
}

/** A value inside JSON as a column of numbers, of booleans, or else of texts. */
function valueSql(json: string, kinds: string | null): string {
  const text = `(${json} #>> '{}')`;
  if (kinds === "boolean")
    return `CASE json_typeof(${json}) WHEN 'boolean' THEN ${text}::boolean END`;
  if (kinds !== "number") return text;
  return `CASE json_typeof(${json}) WHEN 'number' THEN ${text}::double precision WHEN 'object' THEN (${json} ->> '$number')::double precision END`;
}

export function viewName(schema: string, name: string): string {
  return `${identifier(schema)}.${shortIdentifier(name)}`;
}

/** CREATE VIEW with a column for each declared one. `kinds` is the row that `kindsSql` gave. */
export function viewSql(
  schema: string,
  view: ViewDeclaration,
  table: Table,
  kinds: Texts | undefined,
): string {
  const kindOf = new Map(insides(view, table).map(([name], i) => [name, kinds?.[i] ?? null]));
  const columns = Object.entries(view.columns).map(([name, path]) => {
    const { column, value } = locate(path, table.fields);
    const shown =
      value === column
        ? readable(column, table.fields[path])
        : valueSql(value, kindOf.get(name) ?? null);
    return `${shown} AS ${shortIdentifier(name)}`;
  });
  return `CREATE VIEW ${viewName(schema, view.name)} AS SELECT ${columns.join(", ")} FROM ${table.name} WHERE ${whereSql(view, table)}`;
}

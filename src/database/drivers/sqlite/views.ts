import type { FieldType, ViewDeclaration } from "../../contract.ts";
import type { DeclaredFields } from "../../match.ts";
import { parseQuery } from "../../query.ts";
import { identifier } from "../../sql/names.ts";
import { locate } from "./sql.ts";

/** A literal: a view cannot have bound parameters. */
function literal(value: unknown): string {
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`;
  throw new RangeError("A view is restricted by numbers and strings only");
}

/** A whole column as a person reads it: an id by its digits. Of what is absent SQLite makes an empty text. */
function readable(column: string, type: FieldType | undefined): string {
  return type === "id" ? `nullif(lower(hex(${column})), '')` : column;
}

/** CREATE VIEW with a column for each declared one; values inside JSON come out as SQL values. */
export function viewSql(view: ViewDeclaration, fields: DeclaredFields): string {
  const columns = Object.entries(view.columns).map(([name, path]) => {
    const { column, inside } = locate(path, fields);
    const inJson = `json_extract(${column}, ${inside})`;
    const value = inside === "" ? readable(column, fields[path]) : inJson;
    return `${value} AS ${identifier(name)}`;
  });
  const conditions = parseQuery(view.query).map(
    ({ path, operand }) => `${readable(identifier(path), fields[path])} = ${literal(operand)}`,
  );
  return `CREATE VIEW ${identifier(view.name)} AS SELECT ${columns.join(", ")} FROM ${identifier(view.collection)} WHERE ${conditions.join(" AND ") || "1"}`;
}

import type { InsertOperation } from "../../contract.ts";
import { identifier, restColumn } from "../../sql/names.ts";
import { sqlType, toArray, type Bound } from "./columns.ts";
import { afterSql, countedStatement, type Guard } from "./guard.ts";
import { Parameters, type Statement } from "./statement.ts";
import type { Table } from "./table.ts";

const rowsInStatement = 1000;

/** The statements that insert documents: one for many, except that bytes are sent as they are, row by row. */
export function insertStatements(
  table: Table,
  { documents, ifAbsent }: InsertOperation,
  guard: Guard,
): Statement[] {
  const rows = documents.map((document) => table.toRow(document));
  const size = table.columns.some((column) => table.fields[column] === "bytes")
    ? 1
    : rowsInStatement;
  const statements: Statement[] = [];
  for (let from = 0; from < rows.length; from += size) {
    const part = rows.slice(from, from + size);
    const isLast = from + size >= rows.length;
    const parameters = new Parameters();
    const sql = insertSql(table, part, { guard, parameters, ifAbsent: ifAbsent === true });
    const ofPart = isLast ? guard : { ...guard, required: false };
    statements.push(countedStatement(sql, ofPart, parameters));
  }
  return statements;
}

interface Insertion {
  readonly guard: Guard;
  readonly parameters: Parameters;
  readonly ifAbsent: boolean;
}

function insertSql(
  table: Table,
  rows: readonly (readonly Bound[])[],
  { guard, parameters, ifAbsent }: Insertion,
): string {
  const all = [...table.columns, restColumn];
  const used = [...all.keys()].filter((i) => rows.some((row) => row[i] !== null));
  // A row of nothing but absent fields.
  if (used.length === 0) used.push(all.length - 1);
  const names = used.map((i) => all[i] ?? restColumn);
  const from =
    rows.length === 1
      ? oneRow(
          table,
          names,
          used.map((i) => rows[0]?.[i] ?? null),
          parameters,
        )
      : manyRows(
          table,
          names,
          used.map((i) => rows.map((row) => row[i] ?? null)),
          parameters,
        );
  const after = afterSql(guard, parameters);
  const where = after === undefined ? "" : ` WHERE ${after}`;
  const conflict = ifAbsent ? " ON CONFLICT DO NOTHING" : "";
  return `INSERT INTO ${table.name} (${names.map(identifier).join(", ")}) SELECT ${from}${where}${conflict}`;
}

function oneRow(
  table: Table,
  names: readonly string[],
  row: readonly Bound[],
  parameters: Parameters,
): string {
  return names.map((name, i) => table.cast(name, parameters.add(row[i] ?? null))).join(", ");
}

function manyRows(
  table: Table,
  names: readonly string[],
  columns: readonly (readonly Bound[])[],
  parameters: Parameters,
): string {
  const arrays = names.map((name, i) => {
    const array = parameters.add(toArray(columns[i] ?? []));
    return `${array}::${sqlType[table.typeOf(name)]}[]`;
  });
  return `* FROM unnest(${arrays.join(", ")}) AS inserted`;
}

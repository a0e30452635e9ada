import { changedDocument } from "../../change.ts";
import type { Operation, OperationResult } from "../../contract.ts";
import { identifier, restColumn } from "../../sql/names.ts";
import { projected, type Row } from "../../rows.ts";
import { clockSql } from "./clock.ts";
import { findRows, type Ctid } from "./read.ts";
import type { Transaction } from "./session.ts";
import { Parameters, type Statement } from "./statement.ts";
import type { Table } from "./table.ts";

type Changing = Exclude<Operation, { readonly kind: "insert" }>;

/**
 * Carries out an operation whose conditions, order or change are more than SQL can say: locks what may
 * match, decides and changes here, and writes whole documents back.
 */
export async function decideHere(
  transaction: Transaction,
  table: Table,
  operation: Changing,
): Promise<OperationResult> {
  const options = operation.kind === "readAndWrite" ? { limit: 1, ...operation } : {};
  const rows = await findRows(transaction, table, operation.query, options, " FOR UPDATE");
  if (rows.length === 0) return { count: 0, documents: [] };
  if (operation.kind === "remove") {
    await transaction.run(rows.map((row) => removal(table, row)));
    return { count: rows.length, documents: [] };
  }
  const [time] = await transaction.run([{ sql: `SELECT ${clockSql}`, values: [] }]);
  const now = Number(time?.rows[0]?.[0]);
  const changed = rows.map(({ place, document }) => ({
    place,
    document: changedDocument(document, operation.change, now),
  }));
  await transaction.run(changed.map((row) => replacement(table, row)));
  if (operation.kind === "update") return { count: rows.length, documents: [] };
  const documents = changed.map(({ document }) => projected(document, operation.select));
  return { count: rows.length, documents };
}

function removal(table: Table, { place }: Row<Ctid>): Statement {
  return { sql: `DELETE FROM ${table.name} WHERE ctid = $1::tid`, values: [place] };
}

function replacement(table: Table, { place, document }: Row<Ctid>): Statement {
  const parameters = new Parameters();
  const row = table.toRow(document);
  const columns = [...table.columns, restColumn].map(
    (column, i) => `${identifier(column)} = ${parameters.add(row[i] ?? null)}`,
  );
  const at = parameters.add(place);
  return {
    sql: `UPDATE ${table.name} SET ${columns.join(", ")} WHERE ctid = ${at}::tid`,
    values: parameters.values,
  };
}

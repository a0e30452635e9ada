import { ServerTime, type Document, type Query, type ReadOptions } from "../../contract.ts";
import { matchesDocument } from "../../match.ts";
import { parseQuery, type Condition } from "../../query.ts";
import { identifier } from "../../sql/names.ts";
import { projected, sortRows, type Row } from "../../rows.ts";
import { clockSql } from "./clock.ts";
import { toFilter, toOrder } from "./filter.ts";
import type { Session, Transaction } from "./session.ts";
import { once, Parameters, type StatementResult } from "./statement.ts";
import type { Table } from "./table.ts";

const rowsAtATime = 500;

/** The matching documents in order, decided by SQL as far as SQL can. */
export async function readDocuments(
  session: Session,
  table: Table,
  query: Query,
  options: ReadOptions,
): Promise<Document[]> {
  const { sort = [], limit, select } = options;
  const parameters = new Parameters();
  const { sql, residual } = toFilter(parseQuery(query), table.fields, parameters);
  const order = toOrder(sort, table.fields);
  if (residual.length > 0 || order === undefined) {
    const rows = await session.transaction(async (transaction) => {
      const found = await findRows(transaction, table, query, options);
      await transaction.commit();
      return found;
    });
    return rows.map(({ document }) => projected(document, select));
  }
  const list = table.selectList(select);
  const most = limit === undefined ? "" : ` LIMIT ${parameters.add(String(limit))}`;
  // Without any column a row would be no row.
  const columns = ["1", ...list.map(identifier)].join(", ");
  const [result] = await session.run([
    {
      sql: `SELECT ${columns} FROM ${table.name} WHERE ${sql}${order}${most}`,
      values: parameters.values,
    },
  ]);
  return (result?.rows ?? []).map((row) => table.fromRow(row, list, select, 1));
}

export async function countDocuments(
  session: Session,
  table: Table,
  query: Query,
): Promise<number> {
  const parameters = new Parameters();
  const { sql, residual } = toFilter(parseQuery(query), table.fields, parameters);
  if (residual.length > 0) {
    return await session.transaction(async (transaction) => {
      let count = 0;
      for await (const _ of matchingRows(transaction, table, query, "")) count += 1;
      await transaction.commit();
      return count;
    });
  }
  const counting = `SELECT count(*) FROM ${table.name} WHERE ${sql}`;
  const [result] = await session.run([{ sql: counting, values: parameters.values }]);
  return Number(result?.rows[0]?.[0]);
}

/** Where a row is, until it is changed. */
export type Ctid = string;

/** Whole documents that match, in order, some of whose conditions or order SQL cannot decide. */
export async function findRows(
  transaction: Transaction,
  table: Table,
  query: Query,
  { sort = [], limit = Infinity }: ReadOptions,
  lock: "" | " FOR UPDATE" = "",
): Promise<Row<Ctid>[]> {
  const order = toOrder(sort, table.fields);
  const found: Row<Ctid>[] = [];
  const most = order === undefined ? Infinity : limit;
  if (limit === 0) return [];
  for await (const row of matchingRows(transaction, table, query, `${order ?? ""}${lock}`)) {
    found.push(row);
    if (found.length >= most) break;
  }
  return order === undefined ? sortRows(found, sort, table.fields).slice(0, limit) : found;
}

/** Reads by a cursor: what does not match is not kept, and what is not wanted is not read. */
async function* matchingRows(
  transaction: Transaction,
  table: Table,
  query: Query,
  end: string,
): AsyncGenerator<Row<Ctid>> {
  const parameters = new Parameters();
  const { sql, residual } = toFilter(parseQuery(query), table.fields, parameters);
  const list = table.selectList(undefined);
  const columns = ["ctid", ...list.map(identifier)].join(", ");
  const select = `SELECT ${columns} FROM ${table.name} WHERE ${sql}${end}`;
  // It is closed with its transaction, in which there may be others.
  const cursor = `assay_rows_${String(transaction.nextNumber())}`;
  const fetch = once(`FETCH ${String(rowsAtATime)} FROM ${cursor}`);
  const declare = once(`DECLARE ${cursor} NO SCROLL CURSOR FOR ${select}`, parameters.values);
  const [time, , first] = await transaction.run([
    { sql: `SELECT ${clockSql}`, values: [] },
    declare,
    fetch,
  ]);
  const conditions = atTime(residual, Number(time?.rows[0]?.[0]));
  let page: StatementResult | undefined = first;
  while (page !== undefined && page.rows.length > 0) {
    for (const row of page.rows) {
      const document = table.fromRow(row, list, undefined, 1);
      if (!matchesDocument(document, conditions, table.fields)) continue;
      yield { place: row[0] ?? "", document };
    }
    if (page.rows.length < rowsAtATime) break;
    [page] = await transaction.run([fetch]);
  }
}

function atTime(conditions: readonly Condition[], now: number): readonly Condition[] {
  return conditions.map((condition) => {
    const { operand } = condition;
    return operand instanceof ServerTime
      ? { ...condition, operand: now + operand.offsetMs }
      : condition;
  });
}

import type {
  Document,
  ReadAndWriteOperation,
  RemoveOperation,
  UpdateOperation,
} from "../../contract.ts";
import { parseQuery, type Condition } from "../../query.ts";
import { identifier } from "../../sql/names.ts";
import { isChangeOfColumns, toAssignments } from "./assignments.ts";
import { toFilter, toOrder } from "./filter.ts";
import { afterSql, countedStatement, isCounted, unguarded, type Guard } from "./guard.ts";
import { Parameters, type Statement, type StatementResult } from "./statement.ts";
import type { Table } from "./table.ts";

/** The statement of an update, or undefined when SQL alone cannot say it. */
export function updateStatement(
  table: Table,
  { query, change }: UpdateOperation,
  guard: Guard,
): Statement | undefined {
  if (!isChangeOfColumns(change, table)) return undefined;
  const parameters = new Parameters();
  const assignments = toAssignments(change, table, parameters);
  const { sql, residual } = toFilter(parseQuery(query), table.fields, parameters);
  if (residual.length > 0 || assignments === "") return undefined;
  const where = joined(sql, afterSql(guard, parameters));
  return countedStatement(
    `UPDATE ${table.name} SET ${assignments} WHERE ${where}`,
    guard,
    parameters,
  );
}

/** The statement of a removal, or undefined when SQL alone cannot say it. */
export function removeStatement(
  table: Table,
  { query }: RemoveOperation,
  guard: Guard,
): Statement | undefined {
  const parameters = new Parameters();
  const { sql, residual } = toFilter(parseQuery(query), table.fields, parameters);
  if (residual.length > 0) return undefined;
  const where = joined(sql, afterSql(guard, parameters));
  return countedStatement(`DELETE FROM ${table.name} WHERE ${where}`, guard, parameters);
}

/** Statements that change the first matches, and how the documents are read from what they give. */
export interface Claim {
  readonly statements: readonly Statement[];
  readonly documents: (results: readonly StatementResult[]) => Document[];
}

/** Whether others who have documents locked are waited for, or their documents are left to them. */
export type Locking = "wait" | "skip";

/** The setting that takes the places of locked rows. */
const rowsSetting = "assay.rows";

/**
 * The statements of a `readAndWrite`, or undefined when SQL alone cannot say it.
 *
 * A statement sees what was committed before it began. So one that waited for others' changes cannot change
 * what it locked: there a first statement locks, and a second, which sees those changes, changes.
 */
export function claimStatements(
  table: Table,
  operation: ReadAndWriteOperation,
  locking: Locking,
  guard: Guard = unguarded,
): Claim | undefined {
  const { query, change, sort = [], limit = 1, select } = operation;
  const order = toOrder(sort, table.fields);
  if (order === undefined || !isChangeOfColumns(change, table)) return undefined;
  const conditions = parseQuery(query);
  const changing = new Parameters();
  const assignments = toAssignments(change, table, changing);
  if (assignments === "") return undefined;
  const isFree = !isCounted(guard) && guard.after === undefined;
  const isDirect = isFree && limit > 0 && isUnique(table, conditions);
  // What the filter adds belongs to the statement that it is in.
  const choosing = locking === "skip" || isDirect ? changing : new Parameters();
  const filter = toFilter(conditions, table.fields, choosing);
  if (filter.residual.length > 0) return undefined;

  const list = table.selectList(select);
  const columns = list.map((column) => `changed.${identifier(column)}`);
  const update = `UPDATE ${table.name} AS changed SET ${assignments}`;
  const documents = (results: readonly StatementResult[]): Document[] =>
    inOrder(results.at(-1)?.rows ?? []).map((row) => table.fromRow(row, list, select, 1));

  if (isDirect) {
    const sql = `${update} WHERE ${filter.sql} RETURNING ${["1", ...columns].join(", ")}`;
    return { statements: [{ sql, values: changing.values }], documents };
  }
  const where = joined(filter.sql, afterSql(guard, choosing));
  const lock = locking === "skip" ? " FOR UPDATE SKIP LOCKED" : " FOR UPDATE";
  const chosen = (most: string): string =>
    `SELECT ctid FROM ${table.name} WHERE ${where}${order} LIMIT ${most}${lock}`;
  if (locking === "skip") {
    if (limit === 1) {
      const sql = `${update} WHERE ctid = (${chosen("1")}) RETURNING ${["1", ...columns].join(", ")}`;
      return { statements: [{ sql, values: changing.values }], documents };
    }
    const rows = `ARRAY(${chosen(changing.add(String(limit)))})`;
    const sql = `${update} FROM unnest(${rows}) WITH ORDINALITY AS chosen(assay_at, assay_place) WHERE changed.ctid = chosen.assay_at RETURNING ${["assay_place", ...columns].join(", ")}`;
    return { statements: [{ sql, values: changing.values }], documents };
  }
  const setting = choosing.add(rowsSetting);
  const most = choosing.add(String(limit));
  const found = `SELECT set_config(${setting}, coalesce(array_agg(ctid)::text, '{}'), true)`;
  const first = `${found}${countedColumns(guard, choosing)} FROM (${chosen(most)}) AS chosen`;
  const taken = changing.add(rowsSetting);
  const second = `${update} FROM unnest(current_setting(${taken})::tid[]) WITH ORDINALITY AS chosen(assay_at, assay_place) WHERE changed.ctid = chosen.assay_at RETURNING ${["assay_place", ...columns].join(", ")}`;
  return {
    statements: [
      { sql: first, values: choosing.values },
      { sql: second, values: changing.values },
    ],
    documents,
  };
}

/** Whether no more than one document can match. */
function isUnique(table: Table, conditions: readonly Condition[]): boolean {
  const fixed = new Set(
    conditions
      .filter(({ operator, operand }) => operator === "$eq" && operand !== null)
      .map(({ path }) => path),
  );
  return table.uniqueKeys.some((key) => key.every((field) => fixed.has(field)));
}

/** What a guard keeps and demands of rows that are counted as they are locked. */
function countedColumns({ count, required }: Guard, parameters: Parameters): string {
  const kept =
    count === undefined ? "" : `, set_config(${parameters.add(count)}, count(*)::text, true)`;
  return required === true ? `${kept}, 1 / count(*)` : kept;
}

/** Rows by the place that is their first column. */
function inOrder(rows: StatementResult["rows"]): StatementResult["rows"] {
  if (rows.length < 2) return rows;
  return [...rows].sort((a, b) => Number(a[0]) - Number(b[0]));
}

function joined(sql: string, after: string | undefined): string {
  return after === undefined ? sql : `${sql} AND ${after}`;
}

import type { Parameters, Statement, StatementResult } from "./statement.ts";

/**
 * What ties a statement to others of its batch: they are sent together, so it is the server that has to know
 * what those before changed. It keeps their counts as settings of the transaction.
 */
export interface Guard {
  /** The setting with the count of an earlier operation: without any the statement changes nothing. */
  readonly after?: string | undefined;
  /** The setting that takes the count of this operation. */
  readonly count?: string | undefined;
  /** The statement fails, and all is undone, when that count is 0. */
  readonly required?: boolean | undefined;
}

export const unguarded: Guard = {};

/** The setting for the count of the operation at this place of a batch. */
export function countSetting(place: number): string {
  return `assay.count_${String(place)}`;
}

/** A condition to be added to a statement's others. */
export function afterSql({ after }: Guard, parameters: Parameters): string | undefined {
  if (after === undefined) return undefined;
  return `current_setting(${parameters.add(after)})::bigint > 0`;
}

export function isCounted({ count }: Guard): boolean {
  return count !== undefined;
}

/** A statement that changes rows, with its count where that is kept or required. */
export function countedStatement(sql: string, guard: Guard, parameters: Parameters): Statement {
  const { count, required } = guard;
  if (count === undefined) return { sql, values: parameters.values };
  const setting = parameters.add(count);
  // Several statements of one operation add up.
  const before = `coalesce(nullif(current_setting(${setting}, true), ''), '0')::bigint`;
  const total = `SELECT count(*) AS changed, ${before} + count(*) AS total FROM changed`;
  const check = required === true ? ", 1 / total" : "";
  return {
    sql: `WITH changed AS (${sql} RETURNING 1), counted AS MATERIALIZED (${total}) SELECT changed, set_config(${setting}, total::text, true)${check} FROM counted`,
    values: parameters.values,
  };
}

/** How many rows a statement of `countedStatement` changed. */
export function changedCount(result: StatementResult | undefined, guard: Guard): number {
  if (result === undefined) return 0;
  return isCounted(guard) ? Number(result.rows[0]?.[0] ?? 0) : result.count;
}

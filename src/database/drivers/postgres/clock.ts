import type { Parameters } from "./statement.ts";

/** The server's time in milliseconds, when the statement gets there. */
export const clockSql = "date_part('epoch', clock_timestamp()) * 1000";

/** The server's time and an offset, taken once in a statement, so that an index can be asked by it. */
export function timeSql(offsetMs: number, parameters: Parameters): string {
  if (offsetMs === 0) return `(SELECT ${clockSql})`;
  return `(SELECT ${clockSql} + ${parameters.add(String(offsetMs))}::double precision)`;
}

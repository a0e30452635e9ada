import { ServerTime, type Change } from "../../contract.ts";
import { identifier } from "../../sql/names.ts";
import { timeSql } from "./clock.ts";
import type { Parameters } from "./statement.ts";
import type { Table } from "./table.ts";

/** Whether SQL can say a change: only columns are set, and numbers that are added are added to columns. */
export function isChangeOfColumns(change: Change, { fields }: Table): boolean {
  const { set = {}, unset = [], increment = {}, append = {} } = change;
  if (Object.keys(append).length > 0) return false;
  for (const field in increment) {
    const type = fields[field];
    const isSetToo = set[field] !== undefined || unset.includes(field);
    if ((type !== "integer" && type !== "real") || isSetToo) return false;
    if (type === "integer" && !Number.isSafeInteger(increment[field])) return false;
  }
  for (const field in set) {
    if (set[field] !== undefined && fields[field] === undefined) return false;
    if (set[field] instanceof ServerTime && fields[field] !== "real") return false;
  }
  return unset.every((field) => fields[field] !== undefined);
}

/** The SET clause of a change of columns; "" when it changes nothing. */
export function toAssignments(change: Change, table: Table, parameters: Parameters): string {
  const { set = {}, unset = [], increment = {} } = change;
  const parts: string[] = [];
  for (const field of unset) {
    if (set[field] === undefined) parts.push(`${identifier(field)} = NULL`);
  }
  for (const field in set) {
    const value = set[field];
    if (value === undefined) continue;
    const sql =
      value instanceof ServerTime
        ? timeSql(value.offsetMs, parameters)
        : parameters.add(table.toBound(field, value));
    parts.push(`${identifier(field)} = ${sql}`);
  }
  for (const field in increment) {
    const name = identifier(field);
    const amount = parameters.add(table.toBound(field, increment[field]));
    parts.push(`${name} = coalesce(${name}, 0) + ${table.cast(field, amount)}`);
  }
  return parts.join(", ");
}

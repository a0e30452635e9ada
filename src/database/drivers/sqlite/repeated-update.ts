import type { Statement } from "better-sqlite3";
import type { Change, Document, Query } from "../../contract.ts";
import { toDeclared } from "../../declared-value.ts";
import type { Bound } from "./columns.ts";
import { isSame } from "./runs-alike.ts";
import { atTime } from "./sql.ts";
import type { Table } from "./table.ts";

/**
 * An update that comes again and again with other values, as the reports of trials do: its statement is known, and
 * what is to be bound is found without saying the statement anew.
 */
export class RepeatedUpdate {
  readonly statement: Statement;
  readonly #table: Table;
  readonly #set: readonly string[];
  readonly #unset: readonly string[];
  readonly #increment: readonly string[];
  readonly #where: readonly string[];

  /** @param statement what SQL says of the change and the query: the change is one of declared fields alone */
  constructor(statement: Statement, table: Table, query: Query, change: Change) {
    this.statement = statement;
    this.#table = table;
    this.#set = present(change.set);
    this.#unset = [...(change.unset ?? [])];
    this.#increment = Object.keys(change.increment ?? {});
    this.#where = Object.keys(query);
  }

  /**
   * What the statement is to be given; undefined when it does not say this update: other fields, or a condition that
   * is more than one value that a column can hold. `INVALID_VALUE` as for every update.
   */
  bind(query: Query, change: Change, now: () => number): Bound[] | undefined {
    const { set = {}, unset = [], increment = {}, append } = change;
    if (append !== undefined || !isSame(unset, this.#unset)) return undefined;
    const bound: Bound[] = [];
    let count = 0;
    for (const field in set) {
      const value = set[field];
      if (value === undefined) continue;
      if (field !== this.#set[count]) return undefined;
      count += 1;
      bound.push(this.#table.toAssigned(field, atTime(value, now)));
    }
    if (count !== this.#set.length) return undefined;
    count = 0;
    for (const field in increment) {
      if (field !== this.#increment[count]) return undefined;
      count += 1;
      bound.push(increment[field] ?? 0);
    }
    if (count !== this.#increment.length) return undefined;
    count = 0;
    for (const field in query) {
      if (field !== this.#where[count]) return undefined;
      count += 1;
      const value = this.#toCondition(field, atTime(query[field], now));
      if (value === undefined) return undefined;
      bound.push(value);
    }
    return count === this.#where.length ? bound : undefined;
  }

  /** The value that a column is compared with; undefined when the condition is another one. */
  #toCondition(field: string, value: unknown): Bound | undefined {
    const type = this.#table.fields[field];
    if (type === undefined || type === "encoded") return undefined;
    return toDeclared(type, value);
  }
}

function present(document: Document = {}): readonly string[] {
  return Object.keys(document).filter((field) => document[field] !== undefined);
}

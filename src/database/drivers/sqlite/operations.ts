import type { RunResult } from "better-sqlite3";
import { changedDocument } from "../../change.ts";
import {
  type Change,
  type Document,
  type InsertOperation,
  type Operation,
  type OperationResult,
  type Query,
  type ReadOptions,
} from "../../contract.ts";
import { matchesDocument } from "../../match.ts";
import { parseQuery } from "../../query.ts";
import { identifier, restColumn } from "../../sql/names.ts";
import { projected, sortRows, type Row } from "../../rows.ts";
import type { Bound } from "./columns.ts";
import type { Connection } from "./connection.ts";
import { RepeatedUpdate } from "./repeated-update.ts";
import { runsAlike } from "./runs-alike.ts";
import { atTime, toFilter, toOrder } from "./sql.ts";
import type { Table } from "./table.ts";

/** How many different updates are remembered. */
const mostRepeated = 8;

/** The operations of the contract on one table, synchronous: the caller holds the transaction. */
export class TableOperations {
  readonly #connection: Connection;
  readonly #table: Table;
  readonly #now: () => number;
  readonly #repeated: RepeatedUpdate[] = [];

  constructor(connection: Connection, table: Table, now: () => number) {
    this.#connection = connection;
    this.#table = table;
    this.#now = now;
  }

  read(query: Query, options: ReadOptions): Document[] {
    return this.#rows(query, options).map((row) => row.document);
  }

  count(query: Query): number {
    const filter = toFilter(parseQuery(query), this.#table.fields, this.#now);
    if (filter.residual.length > 0) return this.#rows(query, { select: [] }).length;
    const sql = `SELECT count(*) FROM ${this.#table.name} WHERE ${filter.sql}`;
    return this.#connection.prepare(sql).pluck().get(filter.bound) as number;
  }

  apply(operation: Operation): OperationResult {
    switch (operation.kind) {
      case "insert":
        return { count: this.#insert(operation), documents: [] };
      case "update":
        return { count: this.#update(operation.query, operation.change), documents: [] };
      case "remove":
        return { count: this.#remove(operation.query), documents: [] };
      case "readAndWrite": {
        const documents = this.#readAndWrite(operation.query, operation.change, operation);
        return { count: documents.length, documents };
      }
    }
  }

  /** Documents of the same fields go many to a statement: that takes half the time. */
  #insert({ documents, ifAbsent }: InsertOperation): number {
    const verb = ifAbsent === true ? "INSERT OR IGNORE" : "INSERT";
    let count = 0;
    for (const alike of runsAlike(documents)) {
      const columns = this.#table.columnsFor(Object.keys(alike[0] ?? {}));
      for (let from = 0; from < alike.length;) {
        // Powers of two, so that there are few different statements.
        const rows = Math.min(
          this.#table.mostRows,
          2 ** Math.floor(Math.log2(alike.length - from)),
        );
        const bound: Bound[] = [];
        for (let i = from; i < from + rows; i += 1) {
          this.#table.addRow(bound, alike[i] ?? {}, columns);
        }
        count += this.#run(this.#table.insertSql(verb, columns, rows), bound).changes;
        from += rows;
      }
    }
    return count;
  }

  /** The matching rows in order, decided by SQL as far as SQL can. */
  #rows(query: Query, options: ReadOptions): Row<number>[] {
    const table = this.#table;
    const { sql, bound, residual } = toFilter(parseQuery(query), table.fields, this.#now);
    const sort = options.sort ?? [];
    const order = toOrder(sort, table.fields);
    const needed = residual.length > 0 || order === undefined;
    const list = table.selectList(needed ? undefined : options.select);
    const inSql = !needed && options.limit !== undefined ? " LIMIT ?" : "";
    const columns = ["rowid", ...list.map(identifier)].join(", ");
    const statement = this.#connection
      .prepare(`SELECT ${columns} FROM ${table.name} WHERE ${sql}${order ?? ""}${inSql}`)
      .raw();
    const parameters = inSql === "" ? bound : [...bound, options.limit ?? 0];
    const rows: Row<number>[] = [];
    const limit = options.limit ?? Infinity;
    for (const raw of statement.iterate(parameters) as IterableIterator<unknown[]>) {
      if (rows.length >= limit && order !== undefined) break;
      const document = table.fromRow(raw, list, needed ? undefined : options.select, 1);
      if (residual.length > 0 && !matchesDocument(document, residual, table.fields)) continue;
      rows.push({ place: raw[0] as number, document });
    }
    const sorted = order === undefined ? sortRows(rows, sort, table.fields).slice(0, limit) : rows;
    if (!needed) return sorted;
    return sorted.map(({ place, document }) => ({
      place,
      document: projected(document, options.select),
    }));
  }

  #remove(query: Query): number {
    const { sql, bound, residual } = toFilter(parseQuery(query), this.#table.fields, this.#now);
    if (residual.length === 0) {
      return this.#connection.prepare(`DELETE FROM ${this.#table.name} WHERE ${sql}`).run(bound)
        .changes;
    }
    const statement = this.#connection.prepare(`DELETE FROM ${this.#table.name} WHERE rowid = ?`);
    const rows = this.#rows(query, { select: [] });
    for (const { place } of rows) statement.run(place);
    return rows.length;
  }

  #update(query: Query, change: Change): number {
    for (const repeated of this.#repeated) {
      const bound = repeated.bind(query, change, this.#now);
      // One by one: the binding looks arguments up faster than elements.
      if (bound !== undefined) return repeated.statement.run(...bound).changes;
    }
    const filter = toFilter(parseQuery(query), this.#table.fields, this.#now);
    const assignments = this.#assignments(change);
    if (filter.residual.length === 0 && assignments !== undefined) {
      const sql = `UPDATE ${this.#table.name} SET ${assignments.sql} WHERE ${filter.sql}`;
      const statement = this.#connection.prepare(sql);
      this.#remember(new RepeatedUpdate(statement, this.#table, query, change), query, change);
      return statement.run([...assignments.bound, ...filter.bound]).changes;
    }
    const rows = this.#rows(query, {});
    for (const row of rows)
      this.#replace(row.place, changedDocument(row.document, change, this.#now()));
    return rows.length;
  }

  /** Remembers an update, unless it says more than what it would be given again. */
  #remember(update: RepeatedUpdate, query: Query, change: Change): void {
    if (update.bind(query, change, this.#now) === undefined) return;
    if (this.#repeated.length === mostRepeated) this.#repeated.shift();
    this.#repeated.push(update);
  }

  #readAndWrite(query: Query, change: Change, options: ReadOptions): Document[] {
    const { sort = [], limit = 1, select } = options;
    const assignments = this.#assignments(change);
    if (assignments === undefined) {
      return this.#rows(query, { sort, limit }).map((row) => {
        const document = changedDocument(row.document, change, this.#now());
        this.#replace(row.place, document);
        return projected(document, select);
      });
    }
    const found = this.#rows(query, { sort, limit, select: [] });
    const list = this.#table.selectList(select);
    const returning = ["rowid", ...list.map(identifier)].join(", ");
    const statement = this.#connection
      .prepare(
        `UPDATE ${this.#table.name} SET ${assignments.sql} WHERE rowid IN (SELECT value FROM json_each(?)) RETURNING ${returning}`,
      )
      .raw();
    const rowids = JSON.stringify(found.map((row) => row.place));
    const changed = new Map<number, Document>();
    for (const raw of statement.all([...assignments.bound, rowids]) as unknown[][]) {
      changed.set(raw[0] as number, this.#table.fromRow(raw, list, select, 1));
    }
    return found.map((row) => changed.get(row.place) ?? {});
  }

  /** A change as SQL over columns; undefined when it is more than SQL can say. */
  #assignments(change: Change): { sql: string; bound: Bound[] } | undefined {
    const { fields } = this.#table;
    if (change.append !== undefined && Object.keys(change.append).length > 0) return undefined;
    for (const field in change.increment) {
      const isNumber = fields[field] === "integer" || fields[field] === "real";
      const isSetToo = change.set?.[field] !== undefined || change.unset?.includes(field) === true;
      if (!isNumber || isSetToo) return undefined;
    }
    const parts: string[] = [];
    const bound: Bound[] = [];
    for (const field of change.unset ?? []) {
      if (fields[field] === undefined) return undefined;
      parts.push(`${identifier(field)} = NULL`);
    }
    for (const field in change.set) {
      const value = change.set[field];
      if (value === undefined) continue;
      if (fields[field] === undefined) return undefined;
      parts.push(this.#table.assignment(field));
      bound.push(this.#table.toAssigned(field, atTime(value, this.#now)));
    }
    for (const field in change.increment) {
      const name = identifier(field);
      parts.push(`${name} = coalesce(${name}, 0) + ?`);
      bound.push(change.increment[field] ?? 0);
    }
    return parts.length === 0 ? undefined : { sql: parts.join(", "), bound };
  }

  #replace(rowid: number, document: Document): void {
    const table = this.#table;
    const columns = [...table.columns, restColumn].map((name) => `${identifier(name)} = ?`);
    const sql = `UPDATE ${table.name} SET ${columns.join(", ")} WHERE rowid = ?`;
    this.#run(sql, [...table.toRow(document), rowid]);
  }

  #run(sql: string, bound: readonly Bound[]): RunResult {
    return this.#connection.prepare(sql).run(...bound);
  }
}

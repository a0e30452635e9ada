import { ServerTime, type Change, type Operation, type UpdateOperation } from "../../contract.ts";
import { identifier } from "../../sql/names.ts";
import { isChangeOfColumns } from "./assignments.ts";
import { clockSql } from "./clock.ts";
import { sqlType, toArray, toBound, type Bound } from "./columns.ts";
import type { Statement, StatementResult } from "./statement.ts";
import type { Table } from "./table.ts";

/** Updates of single documents that are alike but for their values, as one statement. */
export interface MergedUpdate {
  readonly statement: Statement;
  /** How many documents each of the updates changed: 0 or 1. */
  readonly counts: (result: StatementResult | undefined) => number[];
}

/** What two updates have to agree in, and which document an update is for. */
interface Shape {
  readonly name: string;
  readonly document: string;
}

/**
 * Where the run of updates ends that begins at a place and can be one statement: each for another document,
 * found by a unique index, none of which changes what it is found by.
 * @param isFree whether the operation at a place is tied to no other
 */
export function endOfRun(
  operations: readonly Operation[],
  from: number,
  table: Table,
  isFree: (place: number) => boolean,
): number {
  const first = operations[from];
  const shape = isFree(from) ? shapeOf(first, table) : undefined;
  if (shape === undefined) return from + 1;
  const documents = new Set([shape.document]);
  let end = from + 1;
  for (; end < operations.length && isFree(end); end += 1) {
    const next = operations[end];
    if (next?.collection !== first?.collection) break;
    const other = shapeOf(next, table);
    if (other?.name !== shape.name || documents.has(other.document)) break;
    documents.add(other.document);
  }
  return end;
}

function shapeOf(operation: Operation | undefined, table: Table): Shape | undefined {
  if (operation?.kind !== "update") return undefined;
  const { query, change } = operation;
  const key = table.uniqueKeys.find((fields) =>
    fields.every((field) => isHeld(field, query[field])),
  );
  if (key === undefined || !isChangeOfColumns(change, table)) return undefined;
  let name = "";
  for (const path in query) {
    if (!isHeld(path, query[path])) return undefined;
    name += `${path} `;
  }
  for (const field of fieldsOf(change)) {
    if (key.includes(field)) return undefined;
    name += `${kindOf(change, field)}${field} `;
  }
  return { name, document: key.map((field) => String(query[field])).join(" ") };

  function isHeld(path: string, value: unknown): boolean {
    const type = table.fields[path];
    if (type === undefined || type === "encoded" || type === "bytes") return false;
    if (typeof value !== "string" && typeof value !== "number") return false;
    return toBound(type, value) !== undefined;
  }
}

function fieldsOf({ set = {}, unset = [], increment = {} }: Change): string[] {
  const isSet = (field: string): boolean => set[field] !== undefined;
  return [
    ...unset.filter((field) => !isSet(field)),
    ...Object.keys(set).filter(isSet),
    ...Object.keys(increment),
  ];
}

type Kind = "-" | "=" | "@" | "+";

function kindOf({ set = {}, increment = {} }: Change, field: string): Kind {
  if (set[field] instanceof ServerTime) return "@";
  if (set[field] !== undefined) return "=";
  return increment[field] === undefined ? "-" : "+";
}

/** The statement of updates that `endOfRun` found to be of one shape. */
export function mergedUpdate(table: Table, inOrder: readonly UpdateOperation[]): MergedUpdate {
  // Whoever locks the same documents does so in the same order: nobody waits for one who waits for him.
  const sorted = inOrder
    .map((update, place) => ({ update, place, document: shapeOf(update, table)?.document ?? "" }))
    .sort((a, b) => (a.document < b.document ? -1 : 1));
  const updates = sorted.map(({ update }) => update);
  const [first] = updates;
  const values: Bound[] = [];
  const arrays: string[] = [];
  const names: string[] = [];
  const column = (type: string, items: readonly Bound[]): string => {
    values.push(toArray(items));
    arrays.push(`$${String(values.length)}::${type}[]`);
    const name = `c${String(names.length)}`;
    names.push(name);
    return `given.${name}`;
  };

  const conditions = Object.keys(first?.query ?? {}).map((path) => {
    const bounds = updates.map(({ query }) => table.toBound(path, query[path]));
    return `changed.${identifier(path)} = ${column(sqlType[table.typeOf(path)], bounds)}`;
  });
  const assignments = fieldsOf(first?.change ?? {}).map((field) => {
    const kind = kindOf(first?.change ?? {}, field);
    const name = identifier(field);
    if (kind === "-") return `${name} = NULL`;
    if (kind === "@") {
      const offsets = updates.map(({ change }) => offsetOf(change.set?.[field]));
      return `${name} = (SELECT ${clockSql}) + ${column(sqlType.real, offsets)}`;
    }
    const given = updates.map(({ change }) => (kind === "=" ? change.set : change.increment));
    const bounds = given.map((all) => table.toBound(field, all?.[field]));
    const value = column(sqlType[table.typeOf(field)], bounds);
    return kind === "="
      ? `${name} = ${value}`
      : `${name} = coalesce(changed.${name}, 0) + ${value}`;
  });
  const given = `unnest(${arrays.join(", ")}) WITH ORDINALITY AS given(${[...names, "place"].join(", ")})`;
  return {
    statement: {
      sql: `UPDATE ${table.name} AS changed SET ${assignments.join(", ")} FROM ${given} WHERE ${conditions.join(" AND ")} RETURNING given.place`,
      values,
    },
    counts: (result) => {
      const counts = inOrder.map(() => 0);
      for (const [at] of result?.rows ?? []) counts[sorted[Number(at) - 1]?.place ?? 0] = 1;
      return counts;
    },
  };
}

function offsetOf(value: unknown): string {
  return String(value instanceof ServerTime ? value.offsetMs : 0);
}

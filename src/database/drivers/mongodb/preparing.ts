import type { Change, IndexDeclaration, Operation, Query, ReadOptions } from "../../contract.ts";
import { toDeclared } from "../../declared-value.ts";
import { parseQuery, type Condition } from "../../query.ts";
import { Key } from "./key.ts";
import type { Layout, Stored } from "./layout.ts";
import { toUpdate, type Update } from "./update.ts";

/** An operation whose values were checked, before anything of its batch is carried out. */
export type Prepared =
  | PreparedInsert
  | { readonly kind: "remove"; readonly conditions: readonly Condition[] }
  | (PreparedChange & { readonly kind: "update" })
  | (PreparedChange & { readonly kind: "readAndWrite"; readonly options: ReadOptions });

/** Documents to insert, checked. */
export interface PreparedInsert {
  readonly kind: "insert";
  readonly documents: readonly Stored[];
  /** Undefined where a document whose unique fields are taken makes the insert fail. */
  readonly ifAbsent: { readonly key: Key | undefined } | undefined;
}

/** A change of what a query finds, checked. */
export interface PreparedChange {
  readonly conditions: readonly Condition[];
  readonly change: Change;
  /** Undefined when the server cannot make the change by itself. */
  readonly update: Update | undefined;
  /** Whether the query names all fields of a unique index: it is for one document at most. */
  readonly isSingle: boolean;
  /** The field of a unique index that has no other, when the query names its value. */
  readonly keyField: string | undefined;
  /** Whether a unique index may forbid it. */
  readonly mayBeForbidden: boolean;
}

/** Checks an operation on a collection with these indexes. Throws `INVALID_VALUE` or `INVALID_QUERY`. */
export function prepare(
  operation: Operation,
  layout: Layout,
  indexes: readonly IndexDeclaration[],
): Prepared {
  switch (operation.kind) {
    case "insert": {
      const documents = operation.documents.map((document) => layout.toStored(document));
      const ifAbsent =
        operation.ifAbsent === true ? { key: Key.of(indexes, layout.fields) } : undefined;
      return { kind: "insert", documents, ifAbsent };
    }
    case "remove":
      return { kind: "remove", conditions: parseQuery(operation.query) };
    case "update": {
      const { query, change } = operation;
      return { kind: "update", ...prepareChange(query, change, layout, indexes) };
    }
    case "readAndWrite": {
      const { query, change, sort, limit = 1, select } = operation;
      const options = {
        limit,
        ...(sort === undefined ? {} : { sort }),
        ...(select === undefined ? {} : { select }),
      };
      return { kind: "readAndWrite", ...prepareChange(query, change, layout, indexes), options };
    }
  }
}

function prepareChange(
  query: Query,
  change: Change,
  layout: Layout,
  indexes: readonly IndexDeclaration[],
): PreparedChange {
  const conditions = parseQuery(query);
  const update = toUpdate(change, layout);
  const unique = indexes.filter((index) => index.unique === true);
  const isFixed = ({ path, operator, operand }: Condition): boolean => {
    const type = layout.fields[path];
    if (operator !== "$eq" || type === undefined || type === "encoded") return false;
    return operand !== null && toDeclared(type, operand) !== undefined;
  };
  const fixed = new Set(conditions.filter(isFixed).map(({ path }) => path));
  const touched = [change.set, change.increment, change.append].flatMap((part) =>
    Object.keys(part ?? {}),
  );
  return {
    conditions,
    change,
    update,
    keyField: unique.find(({ fields: [field = "", ...more] }) => {
      return more.length === 0 && fixed.has(field);
    })?.fields[0],
    isSingle: unique.some(({ fields }) => fields.every((field) => fixed.has(field))),
    mayBeForbidden: unique.some(({ fields }) =>
      fields.some((field) => touched.some((one) => field === one || field.startsWith(`${one}.`))),
    ),
  };
}

import { compareForSort } from "../values/compare.ts";
import type { Document, SortKey } from "./contract.ts";
import { valueAt, type DeclaredFields } from "./match.ts";

/** A document with what its database finds it by. */
export interface Row<Place> {
  readonly place: Place;
  readonly document: Document;
}

/** Rows in an order that the backend has no words for. */
export function sortRows<Found extends { readonly document: Document }>(
  rows: readonly Found[],
  sort: readonly SortKey[],
  fields: DeclaredFields,
): Found[] {
  const keyed = rows.map((row) => ({
    row,
    keys: sort.map(({ field }) => valueAt(row.document, field, fields)),
  }));
  keyed.sort((a, b) => {
    for (const [i, { descending }] of sort.entries()) {
      const order = compareForSort(a.keys[i], b.keys[i]);
      if (order !== 0) return descending === true ? -order : order;
    }
    return 0;
  });
  return keyed.map(({ row }) => row);
}

/** The selected fields of a document; all when undefined. */
export function projected(document: Document, select: readonly string[] | undefined): Document {
  if (select === undefined) return document;
  const entries = select
    .filter((field) => document[field] !== undefined)
    .map((field) => [field, document[field]] as const);
  return Object.fromEntries(entries);
}

import type { Database, Document, Query } from "../../database/contract.ts";

export interface OrderedRead {
  readonly collection: string;
  /** Equalities on the leading fields of a unique index. */
  readonly where: Query;
  /** The fields of the index that follow, all of them. */
  readonly by: readonly string[];
  /** Where the first of them begins: less than all of its values. */
  readonly from: number | string;
  readonly pageSize: number;
  readonly select?: readonly string[];
}

/** Documents in the order of a unique index, page by page: constant memory for any number of them. */
export async function* eachInOrder(
  database: Database,
  read: OrderedRead,
): AsyncGenerator<Document, void, undefined> {
  let last: Document = { [read.by[0] ?? ""]: read.from };
  for (;;) {
    const page = await pageAfter(database, read, last);
    yield* page;
    if (page.length < read.pageSize) return;
    last = page.at(-1) ?? last;
  }
}

/**
 * What follows a document. An index answers one range at a time, so first come those that have all its leading
 * fields and differ in the last one only, then those that differ in the last but one, and so on.
 */
async function pageAfter(
  database: Database,
  { collection, where, by, pageSize, select }: OrderedRead,
  last: Document,
): Promise<readonly Document[]> {
  const page: Document[] = [];
  for (let level = by.length - 1; level >= 0 && page.length < pageSize; level -= 1) {
    const field = by[level] ?? "";
    const after = last[field];
    if (after === undefined) continue;
    const leading = Object.fromEntries(by.slice(0, level).map((name) => [name, last[name]]));
    const found = await database.read(
      collection,
      { ...where, ...leading, [field]: { $gt: after } },
      {
        sort: by.slice(level).map((name) => ({ field: name })),
        limit: pageSize - page.length,
        ...(select === undefined ? {} : { select }),
      },
    );
    page.push(...found);
  }
  return page;
}

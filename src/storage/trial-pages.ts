import type { Database, Document, Query, SortKey } from "../database/contract.ts";
import { numberAfter } from "./paging.ts";
import { numberIn } from "./records.ts";

/** A page of trials, in the order of their numbers. */
export interface TrialPage {
  readonly where?: Query;
  /** Only trials with a larger number. */
  readonly after?: number;
  readonly limit?: number;
}

export const pageSize = 1000;
export const byNumber: readonly SortKey[] = [{ field: "number" }];

/** The trials of an experiment in pages by number, none of them empty. `select` includes the number. */
export async function* trialPages(
  database: Database,
  key: number,
  page: TrialPage,
  select?: readonly string[],
): AsyncGenerator<Document[], void, undefined> {
  const where = page.where ?? {};
  let after = page.after ?? -1;
  let left = page.limit ?? Infinity;
  while (left > 0) {
    const limit = Math.min(pageSize, left);
    const documents = await database.read(
      "trials",
      { ...where, experiment: key, number: numberAfter(where["number"], after) },
      { sort: byNumber, limit, scan: true, ...(select === undefined ? {} : { select }) },
    );
    if (documents.length > 0) yield documents;
    if (documents.length < limit) return;
    left -= documents.length;
    after = numberIn(documents.at(-1) ?? {}, "number");
  }
}

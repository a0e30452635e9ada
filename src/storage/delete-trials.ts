import type { Document, Operation, Query } from "../database/contract.ts";
import { releaseBlob } from "./blobs.ts";
import type { StorageContext } from "./context.ts";
import { numberIn } from "./records.ts";
import { trialPages } from "./trial-pages.ts";

/** Trials that are deleted in one transaction. */
const deletedAtOnce = 200;

/**
 * A trial that is registered anew has the id that it had. Its tokens begin beyond all that the deleted one
 * had, so that none is used twice: no trial is claimed so often, and there is room for two million deletions.
 */
export const tokensOfATrial: number = 2 ** 32;

const belongings = ["attempts", "metrics", "snapshots", "artifacts", "output"];

/**
 * Deletes the trials of an experiment that match `where`, with all that belongs to them, page by page: whoever
 * cuts it off leaves whole trials, and may do it again. Returns how many.
 * @param onDeleted called after each page with how many were deleted so far
 */
export async function deleteTrials(
  context: StorageContext,
  experiment: number,
  where: Query,
  onDeleted: (count: number) => void = () => undefined,
): Promise<number> {
  const select = ["number", "token"];
  let count = 0;
  for await (const trials of trialPages(context.database, experiment, { where }, select)) {
    for (let from = 0; from < trials.length; from += deletedAtOnce) {
      count += await deletePage(context, experiment, trials.slice(from, from + deletedAtOnce));
      onDeleted(count);
    }
  }
  return count;
}

/** Deletes trials that are as they were read. */
async function deletePage(
  context: StorageContext,
  experiment: number,
  trials: readonly Document[],
): Promise<number> {
  const owners = await contentOf(context, experiment, trials);
  const operations: Operation[] = [
    {
      kind: "update",
      collection: "experiments",
      query: { key: experiment },
      change: {
        // The grid is walked again from its start, so that what is missing comes back.
        set: { position: 0 },
        increment: { revision: 1, tokenBase: tokensOfATrial },
      },
    },
  ];
  const removals: number[] = [];
  for (const trial of trials) {
    const { number, token } = trial;
    const after = operations.length;
    removals.push(after);
    operations.push({ kind: "remove", collection: "trials", query: { experiment, number, token } });
    for (const { collection, sha256, ...place } of owners.get(numberIn(trial, "number")) ?? []) {
      const had = operations.length;
      const query = { experiment, number, ...place, sha256 };
      operations.push(
        { kind: "remove", collection, query, after },
        ...releaseBlob(context, { experiment, sha256 }, had, had + 1),
      );
    }
    for (const collection of belongings) {
      operations.push({ kind: "remove", collection, query: { experiment, number }, after });
    }
  }
  const outcome = await context.database.batch(operations);
  if (!outcome.applied) return 0;
  return removals.reduce((sum, place) => sum + (outcome.results[place]?.count ?? 0), 0);
}

/** A snapshot or an artifact: where it is, and the content that it has. */
interface Owner {
  readonly collection: "snapshots" | "artifacts";
  readonly sha256: unknown;
  readonly snapshot?: unknown;
  readonly name?: unknown;
}

/** What has stored content, by the number of its trial. */
async function contentOf(
  { database }: StorageContext,
  experiment: number,
  trials: readonly Document[],
): Promise<ReadonlyMap<number, readonly Owner[]>> {
  const numbers = trials.map((trial) => numberIn(trial, "number"));
  const owners = new Map<number, Owner[]>(numbers.map((number) => [number, []]));
  const query = { experiment, number: { $in: numbers } };
  for (const [collection, place] of [
    ["snapshots", "snapshot"],
    ["artifacts", "name"],
  ] as const) {
    const select = ["number", place, "sha256"];
    for (const document of await database.read(collection, query, { select })) {
      const { sha256 } = document;
      owners
        .get(numberIn(document, "number"))
        ?.push({ collection, sha256, [place]: document[place] });
    }
  }
  return owners;
}

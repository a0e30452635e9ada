import type { Document, Operation, Query } from "../database/contract.ts";
import { releaseBlob } from "./blobs.ts";
import type { StorageContext } from "./context.ts";
import { readCursor } from "./cursor.ts";
import { numberIn } from "./records.ts";
import { trialPages } from "./trial-pages.ts";

/** Trials that are deleted in one transaction. */
const deletedAtOnce = 200;

/**
 * A trial that is registered anew has the id that it had. Its tokens begin beyond all that the deleted one
 * had, so that none is used twice: no trial is claimed so often, and there is room for two million deletions.
 */
export const tokensOfATrial: number = 2 ** 32;

/** Added to the token of a trial that is being removed: less than any that a trial registered anew has. */
const fence = 2 ** 31;

/** Whether a trial's deletion was begun where it is no single step, and is going on or was cut off. */
export function isBeingDeleted({ token, status, attempt, availableAt }: Document): boolean {
  const isFenced = Number(token) % tokensOfATrial >= fence;
  return isFenced && status === "broken" && attempt === 0 && availableAt === undefined;
}

/** Deletes what is left of trials whose deletion was cut off. Returns how many. */
export async function finishDeletions(
  context: StorageContext,
  experiment: number,
): Promise<number> {
  if (context.database.capabilities.atomicBatch) return 0;
  const select = ["number", "token", "status", "attempt", "availableAt"];
  const where = { status: "broken" };
  let count = 0;
  for await (const trials of trialPages(context.database, experiment, { where }, select)) {
    const numbers = trials.filter(isBeingDeleted).map(({ number }) => number);
    if (numbers.length === 0) continue;
    count += await deleteTrials(context, experiment, { number: { $in: numbers } });
  }
  return count;
}

/** What a trial has of its attempts. */
const ofAttempts = [
  "results",
  "objective",
  "metrics",
  "snapshots",
  "run",
  "worker",
  "startedAt",
  "endedAt",
  "durationMs",
  "error",
  "outcome",
  "losses",
  "failures",
  "resumed",
];

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
  // None of them is to come back from what was written down before.
  if (!context.database.capabilities.atomicBatch) {
    await readCursor(context.database, { key: experiment });
  }
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
  const content = await contentOf(context, experiment, trials);
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
  const remove = context.database.capabilities.atomicBatch ? removeAtOnce : removeInOrder;
  const removals = trials.map((trial) => {
    const owners = content.get(numberIn(trial, "number")) ?? [];
    return remove(context, operations, { experiment, trial, owners });
  });
  const outcome = await context.database.batch(operations);
  if (!outcome.applied) return 0;
  return removals.reduce((sum, place) => sum + (outcome.results[place]?.count ?? 0), 0);
}

interface Removal {
  readonly experiment: number;
  readonly trial: Document;
  readonly owners: readonly Owner[];
}

/** Adds the removal of a trial and, if it is as it was read, of all that belongs to it. Returns its place. */
function removeAtOnce(
  context: StorageContext,
  operations: Operation[],
  { experiment, trial: { number, token }, owners }: Removal,
): number {
  const query = { experiment, number };
  const after =
    operations.push({ kind: "remove", collection: "trials", query: { ...query, token } }) - 1;
  for (const { collection, sha256, ...place } of owners) {
    const had = operations.length;
    operations.push(
      { kind: "remove", collection, query: { ...query, ...place, sha256 }, after },
      ...releaseBlob(context, { experiment, sha256 }, had, had + 1),
    );
  }
  for (const collection of belongings) {
    operations.push({ kind: "remove", collection, query, after });
  }
  return after;
}

/**
 * The same where a batch is not atomic: the trial goes last, so that nothing of it is left to a trial that is
 * registered anew under its number. Before that it is taken from whoever holds it and from all who might claim
 * it. Cut off in between, it is broken, and deleting it once more goes on.
 */
function removeInOrder(
  _: StorageContext,
  operations: Operation[],
  { experiment, trial: { number, token }, owners: __ }: Removal,
): number {
  const unit = String(number);
  const query = { experiment, number };
  // A trial whose removal was cut off has such a token already.
  const isFenced = Number(token) % tokensOfATrial >= fence;
  const fenced = isFenced ? Number(token) : Number(token) + fence;
  const trials = { collection: "trials", unit };
  operations.push({
    kind: "update",
    query: { ...query, token },
    change: {
      set: { token: fenced, status: "broken", attempt: 0 },
      unset: ["availableAt", "holder", ...ofAttempts],
    },
    ...trials,
  });
  // Also when the connection was lost after the fence, and the batch is repeated.
  const after =
    operations.push({
      kind: "update",
      query: { ...query, token: fenced },
      change: { increment: { token: 0 } },
      ...trials,
    }) - 1;
  for (const collection of belongings) {
    operations.push({ kind: "remove", collection, query, after, unit });
  }
  return operations.push({ kind: "remove", query: { ...query, token: fenced }, ...trials }) - 1;
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

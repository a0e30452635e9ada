import type { Document, Operation } from "../database/contract.ts";
import type { Experiment } from "../model/experiment.ts";
import { encodeResults } from "../model/results.ts";
import { administrativeChange, type AdministrativeStatus } from "./administrative-change.ts";
import { timestamp, type StorageContext } from "./context.ts";
import { keepLargeResults, splitResults } from "./large-results.ts";
import { numberIn, textIn } from "./records.ts";

/** A trial as it was read, and what a person turns it into. */
export interface IntendedChange {
  readonly trial: Document;
  readonly status: AdministrativeStatus;
}

export interface ChangeOptions {
  /** For those that are completed. */
  readonly results?: unknown;
  /** Nothing is changed unless the experiment is at this revision: no place was given out or taken since. */
  readonly revision?: number;
}

/**
 * Changes trials of one experiment, each only if it is as it was read: one outcome a trial, in their order.
 * Undefined when the experiment is at another revision than the one demanded.
 *
 * It is one transaction where the backend has them. Elsewhere the attempt that a trial leaves behind is kept
 * first: its document is worth nothing until the trial moves on, and then all. So it may be cut off anywhere
 * and done again.
 */
export async function changeTrials(
  context: StorageContext,
  experiment: Pick<Experiment, "key" | "objectives">,
  intended: readonly IntendedChange[],
  { results, revision }: ChangeOptions = {},
): Promise<readonly boolean[] | undefined> {
  const { database } = context;
  const now = timestamp(context);
  const isCompleted = intended.some(({ status }) => status === "completed");
  const found = isCompleted ? encodeResults(results, experiment.objectives) : undefined;
  const large = found && splitResults(experiment.key, found.results);
  const stored = large === undefined ? found : { ...found, results: large.excerpt };
  const operations: Operation[] = [];
  if (intended.some(({ status }) => status !== "broken")) {
    // What was broken takes its place again: whoever counts places at this moment counts anew.
    operations.push({
      kind: "update",
      collection: "experiments",
      query: revision === undefined ? { key: experiment.key } : { key: experiment.key, revision },
      change: { increment: { revision: 1 } },
      required: revision !== undefined,
    });
  }
  const decisive = intended.map(({ trial, status }) => {
    const unit = textIn(trial, "id");
    const { change, kept } = administrativeChange(trial, status, now, stored);
    const update: Operation = {
      kind: "update",
      collection: "trials",
      query: asRead(trial),
      change,
      unit,
    };
    if (status === "completed" && large !== undefined) {
      // Before the trial is completed, so that it never lacks what it found; and only if it can be.
      const of = { experiment: experiment.key, number: numberIn(trial, "number") };
      const gate: Operation = { ...update, change: { increment: { token: 0 } } };
      const content = keepLargeResults(context, of, large, gate, operations.length);
      operations.push(...content.map((operation) => ({ ...operation, unit })));
    }
    if (kept === undefined) return operations.push(update) - 1;
    const keep = {
      kind: "insert",
      collection: "attempts",
      documents: [kept],
      ifAbsent: true,
      unit,
    } as const;
    if (!database.capabilities.atomicBatch) return operations.push(keep, update) - 1;
    const place = operations.push(update) - 1;
    operations.push({ ...keep, after: place });
    return place;
  });
  const outcome = await database.batch(operations);
  if (!outcome.applied) return undefined;
  return decisive.map((place) => (outcome.results[place]?.count ?? 0) > 0);
}

export function asRead({ id, token, status, attempt, outcome }: Document): Document {
  return { id, token, status, attempt, outcome: outcome ?? null };
}

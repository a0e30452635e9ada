import type { Document } from "../../database/contract.ts";
import { isPlainObject } from "../../values/plain.ts";
import type { Finding } from "./findings.ts";
import { isTime, isWhole, readStored, shown } from "./stored-values.ts";
import type { TrialRecord } from "./trial-record.ts";

const attempts = (message: string): Finding => ({ invariant: "attempts", message });

const endings: ReadonlySet<unknown> = new Set([
  "completed",
  "broken",
  "pruned",
  "interrupted",
  "suspended",
  "lost",
]);

/**
 * The attempts of a trial: the last one is in the trial's own document while that has its start, all others
 * are kept apart.
 * @param atomic whether the backend keeps an attempt and moves the trial on in one step; else an attempt may be
 * kept already while the trial still shows it
 */
export function* checkAttempts(
  { attempts: kept }: TrialRecord,
  trial: Document,
  atomic: boolean,
): Generator<Finding, void> {
  const { attempt: count, startedAt } = trial;
  if (!isWhole(count)) {
    yield attempts(`It counts ${shown(count)} attempts, which is no whole number from 0`);
    return;
  }
  const apart = startedAt === undefined ? count : count - 1;
  let expected = 1;
  for (const document of kept) {
    const { attempt } = document;
    if (!isWhole(attempt, 1) || attempt > count) {
      yield attempts(
        `Attempt ${shown(attempt)} is on record, but only ${String(count)} were counted`,
      );
      continue;
    }
    if (attempt > apart && atomic) {
      yield attempts(`Attempt ${String(attempt)} is on record twice`);
    }
    yield* missing(expected, Math.min(attempt, apart + 1));
    expected = attempt + 1;
    yield* checkKept(document, attempt);
  }
  yield* missing(expected, apart + 1);
  yield* checkResumed(trial, `Attempt ${String(count)}`, count);
}

function* missing(from: number, to: number): Generator<Finding, void> {
  for (let attempt = from; attempt < to; attempt += 1) {
    yield attempts(`Attempt ${String(attempt)} is not on record`);
  }
}

function* checkKept(document: Document, attempt: number): Generator<Finding, void> {
  const { status, startedAt, endedAt } = document;
  const name = `Attempt ${String(attempt)}`;
  if (!endings.has(status))
    yield attempts(`${name} ended as ${shown(status)}, which is no outcome`);
  if (status !== "lost" && !isTime(endedAt)) yield attempts(`${name} has no time of its end`);
  // Results that a person gave are an attempt that nobody started.
  if (startedAt === undefined ? status !== "completed" : !isTime(startedAt)) {
    yield attempts(`${name} has no time of its start`);
  }
  if (status === "completed" && document["results"] === undefined) {
    yield attempts(`${name} completed without results`);
  }
  for (const field of ["results", "error"]) {
    const value = readStored(document, field);
    if (value !== undefined && !isPlainObject(value)) {
      yield attempts(`The ${field} of attempt ${String(attempt)} cannot be read`);
    }
  }
  yield* checkResumed(document, name, attempt);
}

/** An attempt continues an earlier one; attempt 0 is what a person saved before the first. */
function* checkResumed(document: Document, name: string, number: number): Generator<Finding, void> {
  if (document["resumed"] === undefined) return;
  const resumed = readStored(document, "resumed");
  if (isPlainObject(resumed) && isWhole(resumed["attempt"]) && isWhole(resumed["points"])) {
    if (resumed["attempt"] >= number) {
      yield attempts(
        `${name} continues attempt ${String(resumed["attempt"])}, which is no earlier one`,
      );
    }
  } else yield attempts(`What ${name.toLowerCase()} continues cannot be read`);
}

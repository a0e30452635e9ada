import type { Document } from "../../database/contract.ts";
import { trialStatuses, type TrialStatus } from "../../model/status.ts";
import { holderStatuses, isFinished } from "../../model/transitions.ts";
import { isPlainObject } from "../../values/plain.ts";
import type { Finding } from "./findings.ts";
import { isTime, isWhole, readStored, shown } from "./stored-values.ts";

const status = (message: string): Finding => ({ invariant: "trial-status", message });
const lease = (message: string): Finding => ({ invariant: "trial-lease", message });

const outcomes: ReadonlySet<unknown> = new Set(
  holderStatuses.filter((outcome) => outcome !== "new"),
);

/** The state of a trial: whether its status, its claim and its last attempt agree. */
export function* checkStatus(trial: Document): Generator<Finding, void> {
  const known = trialStatuses.find((candidate) => candidate === trial["status"]);
  if (known === undefined) {
    yield status(`The status ${shown(trial["status"])} is none`);
    return;
  }
  yield* checkLease(trial, known);
  yield* checkLastAttempt(trial);
  yield* checkEnding(trial, known);
}

function* checkLease(trial: Document, known: TrialStatus): Generator<Finding, void> {
  const { token, holder, availableAt, losses } = trial;
  if (!isWhole(token)) yield lease(`The token ${shown(token)} is not a whole number from 0`);
  if (losses !== undefined && !isWhole(losses)) {
    yield lease(`It was lost ${shown(losses)} times, which is no whole number from 0`);
  }
  const isHeld = known === "reserved";
  if (isHeld !== (holder !== undefined)) {
    yield lease(isHeld ? "It is reserved without a holder" : `It is ${known}, but has a holder`);
  }
  if (isFinished(known)) {
    if (availableAt !== undefined) yield lease(`It is ${known}, but can be claimed`);
  } else if (typeof availableAt !== "number" || !(availableAt >= 0 && availableAt < Infinity)) {
    yield lease(
      isHeld ? "It is reserved without a lease" : `It is ${known}, but cannot be claimed`,
    );
  }
}

/** The fields of an attempt that is still in the trial's own document. */
function* checkLastAttempt(trial: Document): Generator<Finding, void> {
  const { attempt, startedAt, endedAt, outcome, durationMs, error } = trial;
  if (startedAt !== undefined) {
    if (!isTime(startedAt)) yield status(`The time of its start, ${shown(startedAt)}, is none`);
    if (!isWhole(attempt, 1)) yield status("It has the start of an attempt, but counts none");
    if ((outcome === undefined) !== (endedAt === undefined)) {
      yield status("Its last attempt has an end without an outcome, or an outcome without an end");
    }
  }
  if (endedAt !== undefined && !isTime(endedAt)) {
    yield status(`The time of its end, ${shown(endedAt)}, is none`);
  }
  if (outcome !== undefined && !outcomes.has(outcome)) {
    yield status(`The outcome ${shown(outcome)} is none`);
  }
  if (durationMs !== undefined && typeof durationMs !== "number") {
    yield status(`The duration ${shown(durationMs)} is not a number`);
  }
  if (error !== undefined && !isPlainObject(readStored(trial, "error"))) {
    yield status("The error cannot be read");
  }
}

/** What may be said of an end, in each status. */
function* checkEnding(trial: Document, known: TrialStatus): Generator<Finding, void> {
  const { startedAt, endedAt, outcome, error } = trial;
  switch (known) {
    case "completed":
      if (endedAt === undefined) yield status("It is completed without the time of its end");
      if (error !== undefined) yield status("It is completed with an error");
      // Without an attempt, a person gave the results.
      if (startedAt !== undefined && outcome !== "completed") {
        yield status(`It is completed, but its last attempt was ${outcomeOf(outcome)}`);
      }
      return;
    case "pruned":
      if (outcome !== "pruned") {
        yield status(`It is pruned, but its last attempt was ${outcomeOf(outcome)}`);
      }
      return;
    default:
      if (outcome === "completed") yield status(`It is ${known}, but its last attempt completed`);
      if (startedAt === undefined && outcome === undefined && endedAt !== undefined) {
        yield status(`It is ${known} with the end of an attempt that has no start`);
      }
  }
}

function outcomeOf(outcome: unknown): string {
  return outcome === undefined ? "not ended" : shown(outcome);
}

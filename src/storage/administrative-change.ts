import type { Change, Document } from "../database/contract.ts";
import type { EncodedResults } from "../model/results.ts";
import { supersededAttempt } from "./superseded.ts";

/** What a person may turn a trial into. */
export type AdministrativeStatus = "new" | "interrupted" | "suspended" | "broken" | "completed";

export interface AdministrativeChange {
  readonly change: Change;
  /** The attempt that the trial leaves behind, as a document of `attempts`. */
  readonly kept: Document | undefined;
}

const attemptFields = ["startedAt", "endedAt", "durationMs", "worker", "run", "error", "outcome"];
const foundFields = ["results", "objective", "metrics", "resumed"];

/**
 * How a trial, as it was read, is changed by a person. An attempt that is still running ends by it. A trial
 * that becomes new or completed begins afresh: its attempt is kept apart, with its results. Who decides that a
 * trial shall run again forgets how often it was lost.
 * @param found what it is completed with, as it is stored
 */
export function administrativeChange(
  trial: Document,
  status: AdministrativeStatus,
  now: string,
  found?: EncodedResults,
): AdministrativeChange {
  const isOpen = trial["startedAt"] !== undefined && trial["outcome"] === undefined;
  const increment = { token: 1 };
  switch (status) {
    case "completed":
      return {
        change: {
          set: { status, ...found, endedAt: now },
          unset: ["availableAt", "holder", ...attemptFields, ...foundFields],
          increment,
        },
        kept: supersededAttempt(isOpen ? endedBy(trial, now) : trial),
      };
    case "new": {
      const given = givenResults(trial);
      return {
        change: {
          set: { status, availableAt: 0 },
          unset: ["holder", "losses", "failures", ...attemptFields, ...foundFields],
          increment: given === undefined ? increment : { ...increment, attempt: 1 },
        },
        kept: given ?? supersededAttempt(isOpen ? endedBy(trial, now) : trial),
      };
    }
    case "broken": {
      const ended = isOpen ? { endedAt: now, outcome: status } : {};
      return {
        change: { set: { status, ...ended }, unset: ["availableAt", "holder"], increment },
        kept: undefined,
      };
    }
    case "interrupted":
    case "suspended": {
      const ended = isOpen ? { endedAt: now, outcome: status } : {};
      return {
        change: {
          set: { status, availableAt: 0, ...ended },
          // An error of no attempt, as of a trial that was given up unstarted, would pass to the next one.
          unset: [
            "holder",
            "losses",
            "failures",
            ...(trial["startedAt"] === undefined ? attemptFields : []),
          ],
          increment,
        },
        kept: undefined,
      };
    }
  }
}

function endedBy(trial: Document, now: string): Document {
  return { ...trial, endedAt: now, outcome: "interrupted" };
}

/** Results that no attempt found but a person gave: they become an attempt of their own, so that they stay. */
function givenResults(trial: Document): Document | undefined {
  const { experiment, number, attempt, startedAt, results, endedAt } = trial;
  if (startedAt !== undefined || results === undefined) return undefined;
  return {
    experiment,
    number,
    attempt: Number(attempt) + 1,
    status: "completed",
    endedAt,
    results,
  };
}

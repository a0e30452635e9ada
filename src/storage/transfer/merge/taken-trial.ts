import type { Change, Document } from "../../../database/contract.ts";
import { deriveSeed } from "../../../util/random.ts";
import { encodeValue } from "../../../values/encode.ts";
import { administrativeChange } from "../../administrative-change.ts";
import { decodedIn, numberIn, optionalNumber } from "../../records.ts";
import { noBelongings, type Belonging, type TrialParts } from "../parts.ts";
import { isUntouched } from "./decide.ts";
import type { Pair } from "./plan-merge.ts";

/** What a trial that is taken has instead of its own. */
const takenFields = [
  "status",
  "availableAt",
  "results",
  "objective",
  "metrics",
  "run",
  "worker",
  "startedAt",
  "endedAt",
  "durationMs",
  "error",
  "outcome",
  "losses",
  "failures",
] as const;

/** How a trial of the primary becomes what the secondary found. */
export interface Taking {
  readonly change: Change;
  /** What is stored beside it: the attempt that it leaves behind, and what belongs to the attempts that it gets. */
  readonly belonging: Readonly<Record<Belonging, readonly Document[]>>;
}

/**
 * The attempts of the secondary's trial follow those of the primary's, and so do its snapshots: nothing is lost
 * on either side. An artifact takes the place of one of the same name.
 */
export function takeTrial(
  primary: Document,
  { trial, belonging }: TrialParts,
  pair: Pick<Pair, "primary" | "secondary">,
  now: string,
): Taking {
  const { kept } = administrativeChange(primary, "new", now);
  const attempts = Math.max(numberIn(primary, "attempt"), Number(kept?.["attempt"] ?? 0));
  const snapshots = optionalNumber(primary, "snapshots") ?? 0;
  const ownSnapshots = optionalNumber(trial, "snapshots") ?? 0;
  const number = numberIn(primary, "number");
  const fields: Document = {
    ...Object.fromEntries(takenFields.map((field) => [field, trial[field]])),
    ...seedOf(trial, number, pair),
    attempt: attempts + numberIn(trial, "attempt"),
    token: Math.max(numberIn(primary, "token"), numberIn(trial, "token")) + 1,
    snapshots: snapshots + ownSnapshots === 0 ? undefined : snapshots + ownSnapshots,
    resumed: shiftedResumed(trial, attempts),
  };
  const names = Object.keys(fields);
  const set = Object.fromEntries(
    names.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]),
  );
  const unset = ["holder", ...names.filter((name) => fields[name] === undefined)];
  const shifted = shift(belonging, { number, attempts, snapshots });
  return {
    change: { set, unset },
    belonging: kept === undefined ? shifted : { ...shifted, attempts: [kept, ...shifted.attempts] },
  };
}

/** A trial that the primary does not have, under the number that it gets there. */
export function addTrial(
  { trial, belonging }: TrialParts,
  place: { readonly id: string; readonly number: number; readonly tokenBase: number },
  pair: Pick<Pair, "primary" | "secondary">,
): TrialParts {
  const { id, number, tokenBase } = place;
  const { origin: _, ...rest } = trial;
  return {
    trial: {
      ...rest,
      id,
      number,
      token: Math.max(numberIn(trial, "token"), tokenBase),
      ...seedOf(trial, number, pair),
    },
    belonging: shift(belonging, { number, attempts: 0, snapshots: 0 }),
  };
}

/**
 * The seed with which a trial was run stays, and `origin` says what it was derived from, where that is not the
 * experiment and number that the trial has now.
 */
function seedOf(
  trial: Document,
  number: number,
  { primary, secondary }: Pick<Pair, "primary" | "secondary">,
): Document {
  const derived = deriveSeed(primary.seed, number);
  if (isUntouched(trial) || trial["seed"] === derived) return { seed: derived, origin: undefined };
  const origin =
    trial["origin"] ?? encodeValue({ seed: secondary.seed, number: numberIn(trial, "number") });
  return { seed: trial["seed"], origin };
}

interface Shift {
  readonly number: number;
  readonly attempts: number;
  readonly snapshots: number;
}

function shift(
  belonging: Readonly<Record<Belonging, readonly Document[]>>,
  { number, attempts, snapshots }: Shift,
): Record<Belonging, Document[]> {
  const shifted = noBelongings();
  for (const collection of Object.keys(shifted) as Belonging[]) {
    shifted[collection] = belonging[collection].map((document) => ({
      ...document,
      number,
      attempt: shiftedAttempt(document, attempts),
      ...(collection === "snapshots"
        ? { snapshot: numberIn(document, "snapshot") + snapshots }
        : {}),
      ...(collection === "attempts" ? { resumed: shiftedResumed(document, attempts) } : {}),
    }));
  }
  return shifted;
}

/** Attempt 0 is what a person saved before the first. */
function shiftedAttempt(document: Document, by: number): number {
  const attempt = numberIn(document, "attempt");
  return attempt === 0 ? 0 : attempt + by;
}

function shiftedResumed(document: Document, by: number): unknown {
  if (by === 0 || document["resumed"] === undefined) return document["resumed"];
  const resumed = decodedIn(document, "resumed") as Document;
  return encodeValue({ ...resumed, attempt: shiftedAttempt(resumed, by) });
}

import type { Document } from "../../database/contract.ts";
import { contentKey, trialId } from "../../model/identity.ts";
import { deriveSeed } from "../../util/random.ts";
import { isPlainObject } from "../../values/plain.ts";
import type { ExperimentFacts } from "./experiment-facts.ts";
import type { Finding } from "./findings.ts";
import { isTime, isWhole, readStored, shown } from "./stored-values.ts";

/** What a trial is: number, parameters, and what follows from them. */
export function* checkIdentity(trial: Document, facts: ExperimentFacts): Generator<Finding, void> {
  const { number, seed, createdAt } = trial;
  if (!isTime(createdAt)) yield identity(`The time of its creation, ${shown(createdAt)}, is none`);
  if (!isWhole(number) || number >= facts.nextNumber) {
    // Its seed and its place in the grid follow from the number.
    yield {
      invariant: "trial-numbers",
      message: `The number ${shown(number)} was not given out: the next one is ${String(facts.nextNumber)}`,
    };
    return;
  }
  if (derivedSeed(trial, number, facts) !== seed) {
    yield {
      invariant: "trial-seed",
      message: `The seed ${shown(seed)} is not derived from the experiment's`,
    };
  }
  yield* checkParams(trial, number, facts);
}

/** One that was merged in keeps the seed with which it was run, and says what that was derived from. */
function derivedSeed(trial: Document, number: number, facts: ExperimentFacts): number | undefined {
  if (trial["origin"] === undefined) return deriveSeed(facts.seed, number);
  const origin = readStored(trial, "origin");
  if (!isPlainObject(origin) || !isWhole(origin["seed"]) || !isWhole(origin["number"])) {
    return undefined;
  }
  return deriveSeed(origin["seed"], origin["number"]);
}

function* checkParams(
  trial: Document,
  number: number,
  { id, total, space }: ExperimentFacts,
): Generator<Finding, void> {
  const { occurrence } = trial;
  const values = readStored(trial, "params");
  if (!isPlainObject(values)) {
    yield params("The parameters cannot be read");
    return;
  }
  if (!isWhole(occurrence)) {
    yield identity(`The occurrence ${shown(occurrence)} is not a whole number from 0`);
    return;
  }
  if (trial["id"] !== trialId(id, contentKey(values, occurrence))) {
    yield identity("The id is not that of its parameters and occurrence in this experiment");
    return;
  }
  if (space === undefined) return;
  const place = space.enumerable ? space.indexOf(values, occurrence) : undefined;
  if (number < (total ?? 0)) {
    if (place !== number) yield params("The parameters are not those at its place in the grid");
  } else if (place !== undefined) {
    yield params(`The parameters are those at place ${String(place)} of the grid`);
  } else if (!space.contains(values)) {
    yield params("The parameters do not lie in the space");
  }
}

const identity = (message: string): Finding => ({ invariant: "trial-identity", message });
const params = (message: string): Finding => ({ invariant: "trial-params", message });

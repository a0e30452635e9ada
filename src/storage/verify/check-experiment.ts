import { optionalNumber } from "../records.ts";
import type { ExperimentFacts } from "./experiment-facts.ts";
import type { Finding } from "./findings.ts";
import { isTime, isWhole, readStored, shown, unreadable } from "./stored-values.ts";

const definition = (message: string): Finding => ({ invariant: "experiment-definition", message });
const cursor = (message: string): Finding => ({ invariant: "experiment-cursor", message });

/** What the document of an experiment says, without its trials. */
export function* checkExperiment(facts: ExperimentFacts): Generator<Finding, void> {
  yield* checkDefinition(facts);
  yield* checkCursor(facts);
}

function* checkDefinition({
  document,
  space,
  total,
  objectives,
  algorithm,
}: ExperimentFacts): Generator<Finding, void> {
  const { id, name, version, createdAt, seed, spaceHash, metadata } = document;
  if (typeof id !== "string" || !/^[0-9a-f]{32}$/.test(id)) {
    yield definition(`The id ${shown(id)} is not one`);
  }
  if (typeof name !== "string") yield definition("It has no name, and is not deleted");
  if (!isWhole(version, 1)) yield definition(`The version ${shown(version)} is not one`);
  if (!isTime(createdAt))
    yield definition(`The time of its creation, ${shown(createdAt)}, is none`);
  if (!isWhole(seed)) yield definition(`The seed ${shown(seed)} is not a whole number`);
  if (objectives === undefined) yield definition("The objectives cannot be read");
  if (algorithm === undefined) yield definition("The algorithm cannot be read");
  if (metadata !== undefined && readStored(document, "metadata") === unreadable) {
    yield definition("The metadata cannot be read");
  }
  if (space === undefined) {
    yield definition("The space cannot be read");
    return;
  }
  if (space.hash !== spaceHash) {
    yield definition(`The space has the hash ${space.hash}, not ${shown(spaceHash)}`);
  }
  const stored = optionalNumber(document, "total");
  if (total !== stored) {
    yield definition(`The space has ${countOf(total)}, the experiment says ${countOf(stored)}`);
  }
}

function countOf(total: number | null): string {
  return total === null ? "no grid" : `a grid of ${String(total)} trials`;
}

function* checkCursor({ document, total }: ExperimentFacts): Generator<Finding, void> {
  const { position, nextNumber, maxTrials } = document;
  for (const field of ["position", "nextNumber", "given", "revision", "tokenBase"]) {
    const value = document[field];
    if (!isWhole(value)) yield cursor(`${field} is ${shown(value)}, not a whole number from 0`);
  }
  if (maxTrials !== undefined && !isWhole(maxTrials, 1)) {
    yield cursor(`maxTrials is ${shown(maxTrials)}, not a whole number from 1`);
  }
  if (total === null) return;
  if (isWhole(position) && position > total) {
    yield cursor(`Its position is ${String(position)}, beyond its grid of ${String(total)} trials`);
  }
  if (isWhole(nextNumber) && nextNumber < total) {
    yield cursor(
      `The next number, ${String(nextNumber)}, lies in its grid of ${String(total)} trials`,
    );
  }
}

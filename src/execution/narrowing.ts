import { AssayError } from "../errors/assay-error.ts";
import type { Experiment } from "../model/experiment.ts";
import type { NarrowedSpace } from "../space/narrowed-space.ts";
import type { Space } from "../space/space.ts";
import type { Storage } from "../storage/storage.ts";
import { createRandom, deriveSeed } from "../util/random.ts";
import { encodeValue } from "../values/encode.ts";
import type { ExecuteOptions } from "./execute-options.ts";

const batchSize = 500;

/** The part of a space that `name=value` leaves; undefined when nothing is fixed. */
export function narrowedSpace(
  space: Space,
  narrow: ExecuteOptions["narrow"],
): NarrowedSpace | undefined {
  if (narrow === undefined) return undefined;
  const values = isTextList(narrow)
    ? parseAssignments(space, narrow)
    : new Map(Object.entries(narrow));
  return values.size === 0 ? undefined : space.narrow(values);
}

function isTextList(narrow: object): narrow is readonly string[] {
  return Array.isArray(narrow);
}

/** The values of texts `name=value`, each as its dimension reads it. */
export function parseAssignments(space: Space, texts: readonly string[]): Map<string, unknown> {
  const values = new Map<string, unknown>();
  for (const text of texts) {
    const at = text.indexOf("=");
    if (at <= 0) {
      throw new AssayError("USAGE", `"${text}" is no assignment; write name=value`);
    }
    const name = text.slice(0, at);
    if (values.has(name)) throw new AssayError("USAGE", `"${name}" is given twice`);
    values.set(name, space.parseText(name, text.slice(at + 1)));
  }
  return values;
}

export interface NarrowedRun {
  readonly storage: Storage;
  readonly experiment: Experiment;
  readonly narrowed: NarrowedSpace;
  readonly maxTrials: number;
}

/** The ids of the trials of a narrowed space, registered batch by batch. */
export async function* narrowedTrials(run: NarrowedRun): AsyncGenerator<readonly string[], void> {
  if (run.narrowed.size === Infinity) yield* drawnTrials(run);
  else yield* listedTrials(run);
}

async function* listedTrials({ storage, experiment, narrowed, maxTrials }: NarrowedRun) {
  for (let from = 0; from < narrowed.size; from += batchSize) {
    const proposals = [];
    for (let i = from; i < Math.min(narrowed.size, from + batchSize); i += 1) {
      const { index, params, occurrence } = narrowed.at(i);
      proposals.push(
        index === undefined ? { params, occurrence } : { params, occurrence, number: index },
      );
    }
    yield await storage.registerAhead(experiment, proposals, { maxTrials });
  }
}

/**
 * What is stored and matches, then draws around the fixed values, until there are as many as may be, or so
 * many draws found nothing new that there is hardly anything left: with n values seen and one missing, all
 * equally likely, 20 (n + 1) draws miss it with a probability of e^-20.
 */
async function* drawnTrials({ storage, experiment, narrowed, maxTrials }: NarrowedRun) {
  const seen = new Set<string>();
  for await (const trial of storage.eachTrial(experiment)) {
    if (narrowed.matches(trial.params)) seen.add(trial.id);
  }
  yield [...seen];
  const label = encodeValue([...narrowed.fixed]);
  let inVain = 0;
  for (let draw = 0; inVain < Math.max(1000, 20 * (seen.size + 1));) {
    const places = await storage.countPlaces(experiment, maxTrials);
    if (places === 0) return;
    const proposals = [];
    for (let i = 0; i < Math.min(places, batchSize); i += 1, draw += 1) {
      const seed = deriveSeed(experiment.seed, `${label} ${String(draw)}`);
      proposals.push({ params: narrowed.sample(createRandom(seed)), occurrence: 0 });
    }
    const ids = await storage.registerAhead(experiment, proposals, { maxTrials });
    const fresh = ids.filter((id) => !seen.has(id));
    inVain = fresh.length === 0 ? inVain + proposals.length : 0;
    for (const id of fresh) seen.add(id);
    yield fresh;
  }
}

import { lookupName } from "../../expression/lookup.ts";
import type { Trial } from "../../model/trial.ts";
import { compareForSort } from "../../values/compare.ts";
import { toTrialScope } from "./trial-scope.ts";

export interface TrialOrder {
  /** A parameter, a result, a metric (its last value) or a field of trials. */
  readonly name: string;
  readonly descending: boolean;
}

interface Entry {
  readonly number: number;
  readonly value: unknown;
}

/**
 * The numbers of trials by the value of a name, then by number. Trials without the value, or with NaN, come
 * last in both directions. With a limit no more than a few times as many entries are held at a time.
 */
export async function orderTrials(
  trials: AsyncIterable<Trial>,
  { name, descending }: TrialOrder,
  limit: number = Infinity,
): Promise<number[]> {
  const compare = comparison(descending);
  let entries: Entry[] = [];
  for await (const trial of trials) {
    entries.push({ number: trial.number, value: lookupName(toTrialScope(trial), name) });
    if (entries.length > 1000 + 2 * limit) entries = entries.sort(compare).slice(0, limit);
  }
  return entries
    .sort(compare)
    .slice(0, limit)
    .map(({ number }) => number);
}

function comparison(descending: boolean): (a: Entry, b: Entry) => number {
  return (a, b) => {
    const missing = Number(isMissing(a.value)) - Number(isMissing(b.value));
    if (missing !== 0) return missing;
    const order = isMissing(a.value) ? 0 : compareForSort(a.value, b.value);
    return (descending ? -order : order) || a.number - b.number;
  };
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || Number.isNaN(value);
}

import { decodedIn, numberIn, textIn } from "../../records.ts";
import { labelOf } from "../progress.ts";
import type { Decision } from "./decide.ts";
import type { Pair } from "./plan-merge.ts";

/** So many are told; how many there are is counted. */
const most = 1000;

/** A trial that completed in both storages, with different results. */
export interface MergeDifference {
  /** `name` or `name@2`. */
  readonly experiment: string;
  /** The id and number of the primary's trial. */
  readonly id: string;
  readonly number: number;
  /** The results of both. Large ones have the hash of their content in the place of their large values. */
  readonly primary: unknown;
  readonly secondary: unknown;
}

/** The differences that a merge met. */
export class Differences {
  readonly #found: MergeDifference[] = [];
  #count = 0;

  get found(): readonly MergeDifference[] {
    return this.#found;
  }

  get count(): number {
    return this.#count;
  }

  add(pair: Pick<Pair, "source">, decisions: readonly Decision[]): void {
    for (const { verdict, primary, secondary } of decisions) {
      if (verdict !== "differs" || primary === undefined) continue;
      this.#count += 1;
      if (this.#found.length === most) continue;
      this.#found.push({
        experiment: labelOf(pair.source),
        id: textIn(primary, "id"),
        number: numberIn(primary, "number"),
        primary: decodedIn(primary, "results"),
        secondary: decodedIn(secondary, "results"),
      });
    }
  }
}

import type { Database, Document } from "../../database/contract.ts";
import { pendingNumbers } from "../pending-trials.ts";
import { withCursor, type ExperimentFacts } from "./experiment-facts.ts";
import type { Finding } from "./findings.ts";
import { settled } from "./settled.ts";

/** Numbers from `from` to `to`, both included. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** Further gaps are taken together with the last one. */
const keptGaps = 1000;

/**
 * The numbers that have to have a trial. The grid's algorithm gives them out in order up to its position,
 * others in an order of their own. Behind the grid they are given out one by one; where trials were deleted,
 * those stay free.
 */
function demanded({
  total,
  position,
  nextNumber,
  tokenBase,
  algorithm,
}: ExperimentFacts): readonly Range[] {
  const ranges: Range[] = [];
  if (total !== null && algorithm === "grid") {
    ranges.push({ from: 0, to: Math.min(position, total) - 1 });
  }
  if (tokenBase === 0) ranges.push({ from: total ?? 0, to: nextNumber - 1 });
  return ranges.filter(({ from, to }) => from <= to);
}

function overlap(one: Range, other: Range): readonly Range[] {
  const from = Math.max(one.from, other.from);
  const to = Math.min(one.to, other.to);
  return from <= to ? [{ from, to }] : [];
}

/** Finds the numbers that lack a trial while the trials are walked in order. */
export class NumberGaps {
  readonly #demanded: readonly Range[];
  readonly #gaps: Range[] = [];
  #next = 0;

  constructor(facts: ExperimentFacts) {
    this.#demanded = demanded(facts);
  }

  see(number: number): void {
    if (number > this.#next) this.#passed({ from: this.#next, to: number - 1 });
    this.#next = number + 1;
  }

  #passed(gap: Range): void {
    for (const range of this.#demanded) {
      for (const { from, to } of overlap(gap, range)) {
        const last = this.#gaps.at(-1);
        if (last === undefined || this.#gaps.length < keptGaps) this.#gaps.push({ from, to });
        else this.#gaps[this.#gaps.length - 1] = { from: last.from, to };
      }
    }
  }

  /** To be called when all trials were seen. */
  end(): readonly Range[] {
    this.#passed({ from: this.#next, to: Infinity });
    return this.#gaps;
  }
}

/** What holds between the cursor of an experiment and all of its trials. */
export class NumberCheck {
  readonly #database: Database;
  readonly #facts: ExperimentFacts;

  constructor(database: Database, facts: ExperimentFacts) {
    this.#database = database;
    this.#facts = facts;
  }

  async *check(gaps: readonly Range[]): AsyncGenerator<Finding, void> {
    yield* await this.#look((facts) => this.#checkCounts(facts));
    for (const gap of gaps) yield* await this.#look((facts) => this.#checkGap(gap, facts));
  }

  /** Looks at trials beside a cursor that does not move. */
  async #look(
    look: (facts: ExperimentFacts) => Promise<readonly Finding[]>,
  ): Promise<readonly Finding[]> {
    const { key } = this.#facts;
    let document: Document | undefined;
    const mark = async (): Promise<string> => {
      [document] = await this.#database.read("experiments", { key });
      return String(document?.["revision"]);
    };
    const found = await settled(mark, async () =>
      document?.["name"] === undefined ? [] : await look(withCursor(this.#facts, document)),
    );
    return found ?? [];
  }

  async #checkCounts(facts: ExperimentFacts): Promise<readonly Finding[]> {
    const { key, total, position, given, algorithm } = facts;
    const found: Finding[] = [];
    const count = async (where: object = {}): Promise<number> =>
      await this.#database.count("trials", { experiment: key, ...where });
    const all = await count();
    if (given < all) {
      found.push({
        invariant: "experiment-cursor",
        message: `It has given out ${String(given)} places, but has ${String(all)} trials`,
      });
    }
    const unnumbered = await count({ number: null });
    if (unnumbered > 0) found.push(numbers(`${trials(unnumbered)} no number`));
    if (total !== null && algorithm === "random") {
      // Its order is a permutation of the grid: each step of the position is another trial.
      const waiting = await this.#countWaiting(facts, { from: 0, to: total - 1 });
      const ofGrid = waiting + (await count({ number: { $lt: total } }));
      if (ofGrid < position) {
        found.push(
          numbers(
            `${String(position)} trials of the grid were given out, ${String(ofGrid)} are there`,
          ),
        );
      }
    }
    return found;
  }

  async #checkGap(gap: Range, facts: ExperimentFacts): Promise<readonly Finding[]> {
    const found: Finding[] = [];
    for (const range of demanded(facts)) {
      for (const { from, to } of overlap(gap, range)) {
        const present = await this.#database.count("trials", {
          experiment: facts.key,
          number: { $gte: from, $lte: to },
        });
        const waiting = await this.#countWaiting(facts, { from, to });
        const missing = to - from + 1 - present - waiting;
        if (missing > 0) found.push(numbers(missingFrom({ from, to }, missing)));
      }
    }
    return found;
  }

  /** Trials that were given out and wait at the cursor: whoever reads it next stores them. */
  async #countWaiting({ key, document }: ExperimentFacts, { from, to }: Range): Promise<number> {
    const pending = pendingNumbers(document).filter((number) => number >= from && number <= to);
    if (pending.length === 0) return 0;
    const query = { experiment: key, number: { $in: pending } };
    return pending.length - (await this.#database.count("trials", query));
  }
}

function trials(count: number): string {
  return count === 1 ? "1 trial has" : `${String(count)} trials have`;
}

function missingFrom({ from, to }: Range, missing: number): string {
  if (from === to) return `The trial with the number ${String(from)} is missing`;
  const count = missing === to - from + 1 ? `All ${String(missing)}` : String(missing);
  return `${count} trials with numbers from ${String(from)} to ${String(to)} are missing`;
}

const numbers = (message: string): Finding => ({ invariant: "trial-numbers", message });

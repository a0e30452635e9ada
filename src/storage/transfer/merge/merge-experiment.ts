import type { Document } from "../../../database/contract.ts";
import { timestamp, type StorageContext } from "../../context.ts";
import { readCursor } from "../../cursor.ts";
import { numberIn } from "../../records.ts";
import { ArrivingRuns } from "../arriving-runs.ts";
import { contentOwners, contentsOf, damagedContent, RecentHashes } from "../contents.ts";
import { movedTrial } from "../moved-documents.ts";
import type { TrialParts } from "../parts.ts";
import type { Tracker } from "../progress.ts";
import { runsAndCode } from "../storage-source.ts";
import { eachTrialPage } from "../trial-parts.ts";
import { decideAll, type Decision } from "./decide.ts";
import type { Differences } from "./differences.ts";
import { MergeWrites, type Contents } from "./merge-writes.ts";
import type { Pair } from "./plan-merge.ts";
import { addTrial, takeTrial } from "./taken-trial.ts";

/** Trials that are written in one transaction, and the bytes of what they have stored. */
const mostTrials = 100;
const mostBytes = 32 << 20;

export interface MergedTrials {
  /** Trials that the primary did not have. */
  readonly added: number;
  /** Trials of the primary that got what the secondary found. */
  readonly taken: number;
}

export interface MergeExperimentOptions {
  readonly primary: StorageContext;
  readonly secondary: StorageContext;
  readonly pair: Pair;
  /** Whether a trial that both completed differently gets what the secondary found. */
  readonly takesDifferences: boolean;
  readonly differences: Differences;
  readonly tracker: Tracker;
}

/** Brings into an experiment what the other storage has more of it, trial by trial. */
export async function mergeExperiment(options: MergeExperimentOptions): Promise<MergedTrials> {
  const merger = new ExperimentMerger(options);
  return await merger.merge();
}

class ExperimentMerger {
  readonly #options: MergeExperimentOptions;
  readonly #runs: ArrivingRuns;
  #added = 0;
  #taken = 0;

  constructor(options: MergeExperimentOptions) {
    this.#options = options;
    const { primary, pair } = options;
    this.#runs = new ArrivingRuns(primary, pair.primary.key, pair.primary.name);
  }

  async merge(): Promise<MergedTrials> {
    const { secondary, pair, differences, tracker } = this.#options;
    await this.#mergeRuns();
    const wanted = async (trials: readonly Document[]): Promise<readonly Document[]> => {
      const decisions = await this.#decide(trials);
      tracker.advance(trials.length);
      differences.add(pair, decisions);
      return decisions.filter(this.#isMoved).map((decision) => decision.secondary);
    };
    for await (const page of eachTrialPage(secondary.database, pair.secondary.key, wanted)) {
      const now = timestamp(secondary);
      let group: TrialParts[] = [];
      let bytes = 0;
      for (const { trial, belonging } of page) {
        const record = { trial: movedTrial(trial, now), belonging };
        const size = sizeOf(record);
        if (group.length > 0 && (group.length === mostTrials || bytes + size > mostBytes)) {
          await tracker.goOn();
          await this.#bring(group);
          [group, bytes] = [[], 0];
        }
        group.push(record);
        bytes += size;
      }
      await tracker.goOn();
      await this.#bring(group);
    }
    return { added: this.#added, taken: this.#taken };
  }

  async #mergeRuns(): Promise<void> {
    const { primary, secondary, pair } = this.#options;
    await this.#runs.start();
    for await (const part of runsAndCode(secondary.database, pair.source.document)) {
      if (part.kind === "runs") await this.#runs.add(part.document);
      if (part.kind !== "code") continue;
      await primary.database.batch([
        { kind: "insert", collection: "code", documents: [part.document], ifAbsent: true },
      ]);
    }
  }

  async #decide(trials: readonly Document[]): Promise<readonly Decision[]> {
    return await decideAll(this.#options.primary.database, this.#options.pair, trials);
  }

  readonly #isMoved = ({ verdict }: Decision): boolean =>
    verdict === "add" ||
    verdict === "take" ||
    (verdict === "differs" && this.#options.takesDifferences);

  /** Brings all of some trials, or, where others changed one of them meanwhile, each for itself. */
  async #bring(group: readonly TrialParts[]): Promise<void> {
    if (group.length === 0) return;
    const contents = await this.#contentsOf(group);
    if (await this.#write(group, contents)) return;
    for (const record of group) {
      while (!(await this.#write([record], contents)));
    }
  }

  /** Writes trials as they are to be now; false when the primary changed while that was decided. */
  async #write(group: readonly TrialParts[], contents: Contents): Promise<boolean> {
    const { primary, pair } = this.#options;
    const { key, total } = pair.primary;
    // Before the trials are read: whoever registers one of them meanwhile moves it.
    const { revision, nextNumber, tokenBase } = await readCursor(primary.database, pair.primary);
    const decisions = await this.#decide(group.map(({ trial }) => trial));
    const added = decisions.filter(({ verdict }) => verdict === "add").length;
    let next = nextNumber;
    const numbers = group.map(({ trial }) => {
      const number = numberIn(trial, "number");
      // Both have the same grid: a place in it is the same number.
      return total !== null && number < total ? number : undefined;
    });
    const writes = new MergeWrites(primary, key, [
      {
        kind: "update",
        collection: "experiments",
        query: { key, revision },
        change: {
          set: {
            nextNumber:
              nextNumber +
              decisions.filter(({ verdict }, i) => verdict === "add" && numbers[i] === undefined)
                .length,
          },
          increment: { given: added, revision: 1 },
        },
        required: true,
      },
    ]);
    const artifacts = await this.#artifactsOf(decisions);
    const now = timestamp(primary);
    for (const [i, decision] of decisions.entries()) {
      const record = this.#withRuns(group[i]);
      if (record === undefined || !this.#isMoved(decision)) continue;
      if (decision.primary === undefined) {
        const number = numbers[i] ?? next++;
        const { trial, belonging } = addTrial(record, { id: decision.id, number, tokenBase }, pair);
        writes.add(trial, belonging, contents);
      } else {
        const taking = takeTrial(decision.primary, record, pair, now);
        const there = artifacts.filter(({ number }) => number === decision.primary?.["number"]);
        writes.take(decision.primary, taking, contents, there);
      }
    }
    const moved = decisions.filter(this.#isMoved).length;
    if (moved > 0 && !(await primary.database.batch(writes.operations)).applied) return false;
    this.#added += added;
    this.#taken += moved - added;
    return true;
  }

  /** The artifacts that trials of the primary have, which may be replaced. */
  async #artifactsOf(decisions: readonly Decision[]): Promise<readonly Document[]> {
    const numbers = decisions.flatMap(({ primary }) => (primary ? [primary["number"]] : []));
    if (numbers.length === 0) return [];
    const { primary, pair } = this.#options;
    const query = { experiment: pair.primary.key, number: { $in: numbers } };
    return await primary.database.read("artifacts", query);
  }

  async #contentsOf(group: readonly TrialParts[]): Promise<Contents> {
    const { secondary, pair } = this.#options;
    const contents = new Map<string, Document[]>();
    const seen = new RecentHashes();
    for (const record of group) {
      const documents = contentsOf(secondary.database, pair.secondary.key, record, seen);
      let next = await documents.next();
      for (; next.done !== true; next = await documents.next()) {
        const hash = String(next.value["sha256"]);
        contents.set(hash, [...(contents.get(hash) ?? []), next.value]);
      }
      if (next.value !== undefined) throw damagedContent(next.value);
    }
    return contents;
  }

  /** Runs of the secondary may have other references in the primary. */
  #withRuns(record: TrialParts | undefined): TrialParts | undefined {
    if (record === undefined) return undefined;
    const { trial, belonging } = record;
    const renamed = (document: Document): Document =>
      document["run"] === undefined
        ? document
        : { ...document, run: this.#runs.referenceOf(document["run"]) };
    return {
      trial: renamed(trial),
      belonging: { ...belonging, attempts: belonging.attempts.map(renamed) },
    };
  }
}

function sizeOf(record: TrialParts): number {
  return contentOwners(record).reduce((sum, { bytes }) => sum + Number(bytes), 0);
}

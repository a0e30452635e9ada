import type { Database, Document } from "../../database/contract.ts";
import { isBeingDeleted } from "../delete-trials.ts";
import { isLargeResults } from "../large-results.ts";
import { optionalText } from "../records.ts";
import { checkExperiment } from "./check-experiment.ts";
import { checkLock } from "./check-lock.ts";
import { NumberCheck, NumberGaps } from "./check-numbers.ts";
import { checkRun } from "./check-runs.ts";
import { checkTrial } from "./check-trial.ts";
import { ContentCheck } from "./check-content.ts";
import { readFacts, withCursor, type ExperimentFacts } from "./experiment-facts.ts";
import type { Finding, Findings } from "./findings.ts";
import { eachInOrder } from "./in-order.ts";
import { settled } from "./settled.ts";
import { eachTrialRecord, readTrialRecord, type TrialRecord } from "./trial-record.ts";
import { countUnusedContent } from "./unused-content.ts";
import { withWholeResults } from "./whole-results.ts";

/** Looks at an experiment and everything under it, while others may be writing to it. */
export class ExperimentVerifier {
  readonly #database: Database;
  readonly #findings: Findings;
  readonly #facts: ExperimentFacts;
  readonly #contents: ContentCheck;
  /** Trials whose deletion was begun: what is under them need not hold together. */
  #halfDeleted = 0;

  constructor(database: Database, findings: Findings, experiment: Document) {
    this.#database = database;
    this.#findings = findings;
    this.#facts = readFacts(experiment);
    this.#contents = new ContentCheck(database, findings);
  }

  /** @param onTrial called after each trial */
  async verify(onTrial: () => void): Promise<void> {
    this.#findings.count("experiments");
    this.#add(checkExperiment(this.#facts));
    const gaps = new NumberGaps(this.#facts);
    for await (const record of eachTrialRecord(this.#database, this.#facts.key)) {
      this.#count(record);
      if (record.trial !== undefined) gaps.see(record.number);
      if (record.trial !== undefined && isBeingDeleted(record.trial)) this.#halfDeleted += 1;
      else if (await this.#isSuspicious(record)) await this.#lookAgain(record.number);
      onTrial();
    }
    const numbers = new NumberCheck(this.#database, this.#facts);
    for await (const finding of numbers.check(gaps.end())) this.#add([finding]);
    await this.#verifyRuns();
    await this.#remark();
  }

  #add(found: Iterable<Finding>, trial?: Document): void {
    const { label } = this.#facts;
    const id = trial === undefined ? null : optionalText(trial, "id");
    this.#findings.add(
      {
        experiment: label,
        ...(id === null ? {} : { trial: id }),
        ...(typeof trial?.["number"] === "number" ? { number: trial["number"] } : {}),
      },
      found,
    );
  }

  #count({ trial, attempts, metrics, snapshots, artifacts }: TrialRecord): void {
    if (trial !== undefined) this.#findings.count("trials");
    this.#findings.count("attempts", attempts.length);
    this.#findings.count("metrics", metrics.length);
    this.#findings.count("snapshots", snapshots.length);
    this.#findings.count("artifacts", artifacts.filter(({ name }) => !isLargeResults(name)).length);
  }

  /** Whether a record that was read piece by piece shows a problem. */
  async #isSuspicious(record: TrialRecord): Promise<boolean> {
    for await (const _ of this.#check(record, this.#facts)) return true;
    return false;
  }

  async *#check(record: TrialRecord, facts: ExperimentFacts): AsyncGenerator<Finding, void> {
    const whole = yield* withWholeResults(this.#database, record);
    yield* checkTrial(whole, facts, this.#database.capabilities.atomicBatch);
    if (record.trial !== undefined) yield* this.#contents.check(record, record.trial);
  }

  /** A trial that changes as it is read looks wrong: it is one only if it is wrong while it stands still. */
  async #lookAgain(number: number): Promise<void> {
    const { key } = this.#facts;
    const mark = async (): Promise<string> => {
      const found = await this.#database.read("trials", { experiment: key, number });
      return JSON.stringify(found);
    };
    const found = await settled(mark, async () => {
      const record = await readTrialRecord(this.#database, key, number);
      // Numbers are given out before they are used, so a later cursor is ahead of what was read.
      const [document] = await this.#database.read("experiments", { key });
      const isGone = record.trial !== undefined && isBeingDeleted(record.trial);
      if (document?.["name"] === undefined || isGone) return { record, problems: [] };
      const problems: Finding[] = [];
      const facts = withCursor(this.#facts, document);
      for await (const finding of this.#check(record, facts)) problems.push(finding);
      return { record, problems };
    });
    if (found !== undefined) this.#add(found.problems, found.record.trial);
  }

  async #verifyRuns(): Promise<void> {
    const { key } = this.#facts;
    const runs = eachInOrder(this.#database, {
      collection: "runs",
      where: { experiment: key },
      by: ["number"],
      from: -Infinity,
      pageSize: 100,
    });
    const known = new Map<string, boolean>();
    for await (const run of runs) {
      this.#findings.count("runs");
      this.#add(checkRun(run));
      await this.#verifyCode(run, `run ${String(run["number"])}`, known);
    }
    // An experiment is stored before its code, and has no trials until both are there.
    if (this.#facts.given > 0)
      await this.#verifyCode(this.#facts.document, "the experiment", known);
    const [lock] = await this.#database.read("locks", { experiment: key });
    if (lock !== undefined) this.#add(checkLock(lock));
  }

  /** Whether the code that a document names is stored. */
  async #verifyCode(document: Document, name: string, known: Map<string, boolean>): Promise<void> {
    const hash = optionalText(document, "code");
    if (hash === null) return;
    const isStored = known.get(hash) ?? (await this.#database.count("code", { hash })) > 0;
    known.set(hash, isStored);
    if (isStored) return;
    this.#add([{ invariant: "code", message: `The code ${hash} of ${name} is not stored` }]);
  }

  async #remark(): Promise<void> {
    const { key, label, document } = this.#facts;
    if (this.#halfDeleted > 0) {
      const trials =
        this.#halfDeleted === 1 ? "1 trial is" : `${String(this.#halfDeleted)} trials are`;
      this.#findings.remark({
        kind: "deleted",
        experiment: label,
        message: `${trials} being deleted, or that was cut off; deleting again goes on`,
      });
    }
    const unused = await countUnusedContent(this.#database, key);
    if (unused > 0) {
      this.#findings.remark({
        kind: "unused-content",
        experiment: label,
        message: `Nothing refers any more to ${String(unused)} stored contents`,
      });
    }
    const limit = document["maxTrials"];
    if (typeof limit !== "number") return;
    const all = await this.#database.count("trials", { experiment: key });
    const broken = await this.#database.count("trials", { experiment: key, status: "broken" });
    if (all - broken <= limit) return;
    this.#findings.remark({
      kind: "over-limit",
      experiment: label,
      message: `${String(all - broken)} trials hold a place, and maxTrials is ${String(limit)}`,
    });
  }
}

import type { Database, Document } from "../../database/contract.ts";
import { isAssayError } from "../../errors/assay-error.ts";
import type { StorageContext } from "../context.ts";
import { finishDeletions } from "../delete-trials.ts";
import { completePending } from "../pending-trials.ts";
import { numberIn, toExperiment } from "../records.ts";
import { recordLostRuns } from "../runs.ts";
import { ownedCollections } from "../schema.ts";
import type { Storage } from "../storage.ts";
import { sweepDeleted } from "../sweep.ts";
import { labelOf } from "../verify/experiment-facts.ts";
import { eachInOrder } from "../verify/in-order.ts";
import type { Repair } from "../verify/verification.ts";
import { clearDeletedTrials, clearLateWrites } from "./clear-owners.ts";
import { freeLock } from "./free-lock.ts";
import { freeUnusedContent } from "./free-content.ts";
import { releaseLostTrials, restoreClaims } from "./open-trials.ts";
import { raiseCounters } from "./raise-counters.ts";
import { restoreCursor } from "./restore-cursor.ts";

/**
 * Repairs what can be repaired without losing anything that can be reached, while others may write: each change
 * is made only if what it rests on is as it was seen. Cut off anywhere, it can be done again.
 * @param key the experiment that is repaired; undefined for everything
 * @param tell called with what is being repaired
 */
export async function repairDatabase(
  storage: Storage,
  key: number | undefined,
  tell: (stage: string) => void,
): Promise<readonly Repair[]> {
  const repairer = new Repairer(storage, tell);
  if (key === undefined) return await repairer.everything();
  const [document] = await storage.database.read("experiments", { key });
  if (document?.["name"] !== undefined) await repairer.experiment(document);
  return repairer.repairs;
}

type Kind = Repair["kind"];

class Repairer {
  readonly repairs: Repair[] = [];
  readonly #storage: Storage;
  readonly #database: Database;
  readonly #context: StorageContext;
  readonly #tell: (stage: string) => void;

  constructor(storage: Storage, tell: (stage: string) => void) {
    const { database, leaseMs } = storage;
    this.#storage = storage;
    this.#database = database;
    this.#context = { database, leaseMs, wallClock: () => new Date() };
    this.#tell = tell;
  }

  async everything(): Promise<readonly Repair[]> {
    this.#tell("repairing what was deleted");
    await this.#sweep();
    const late = await clearLateWrites(this.#database);
    this.#add("owners", null, late, [
      "document that was written under a deleted experiment was removed",
      "documents that were written under deleted experiments were removed",
    ]);
    const raised = await raiseCounters(this.#database);
    this.#add("counters", null, raised, [
      "counter was raised to the numbers in use",
      "counters were raised to the numbers in use",
    ]);
    const experiments = eachInOrder(this.#database, {
      collection: "experiments",
      where: {},
      by: ["key"],
      from: -Infinity,
      pageSize: 20,
    });
    for await (const document of experiments) {
      if (document["name"] !== undefined) await this.experiment(document);
    }
    return this.repairs;
  }

  async experiment(document: Document): Promise<void> {
    const label = labelOf(document);
    this.#tell(`repairing ${label}`);
    try {
      await this.#repair(document, label);
    } catch (error) {
      // What cannot be read at all is for the verification to tell.
      if (!isAssayError(error) || error.code !== "CORRUPT") throw error;
    }
  }

  async #repair(document: Document, label: string): Promise<void> {
    const key = numberIn(document, "key");
    const database = this.#database;
    if (await completePending(database, document)) {
      this.#tellOf("experiment-cursor", label, "Trials that were given out were stored");
    }
    const halfDeleted = await finishDeletions(this.#context, key);
    this.#add("deleted", label, halfDeleted, [
      "trial whose deletion was cut off was deleted",
      "trials whose deletion was cut off were deleted",
    ]);
    for (const line of await restoreCursor(database, key)) {
      this.#tellOf("experiment-cursor", label, line);
    }
    for (const line of await freeLock(database, key)) this.#tellOf("algorithm-lock", label, line);
    const strays = await clearDeletedTrials(database, document);
    this.#add("owners", label, strays, [
      "document that belonged to a deleted trial was removed",
      "documents that belonged to deleted trials were removed",
    ]);
    const freed = await freeUnusedContent(database, key);
    this.#add("unused-content", label, freed, [
      "content that nothing refers to was freed",
      "contents that nothing refers to were freed",
    ]);
    const runs = await recordLostRuns(database, key);
    this.#add("lost-runs", label, runs, [
      "run whose process is gone was recorded as lost",
      "runs whose process is gone were recorded as lost",
    ]);

    const experiment = toExperiment(document);
    const claims = await restoreClaims(this.#context, experiment);
    this.#add("trial-lease", label, claims, [
      "trial can be claimed again, or no more, as its status demands",
      "trials can be claimed again, or no more, as their status demands",
    ]);
    const lost = await releaseLostTrials(this.#context, experiment);
    this.#add("lost-reservations", label, lost, [
      "trial that a lost worker held was interrupted",
      "trials that lost workers held were interrupted",
    ]);
    if (document["view"] === undefined) return;
    const view = await this.#storage.refreshView(experiment);
    if (view !== undefined) this.#tellOf("views", label, `The view "${view}" was made anew`);
  }

  async #sweep(): Promise<void> {
    const deleted = await this.#database.read("experiments", { deletedAt: { $exists: true } });
    const counts = new Map<Document, number>();
    for (const document of deleted) {
      let count = 1;
      for (const collection of ownedCollections) {
        const experiment = numberIn(document, "key");
        count += await this.#database.count(collection, { experiment });
      }
      counts.set(document, count);
    }
    if (deleted.length > 0) await sweepDeleted(this.#context);
    for (const [document, count] of counts) {
      this.#add("deleted", labelOf(document), count, [
        "document that its deletion left was swept",
        "documents that its deletion left were swept",
      ]);
    }
  }

  #add(
    kind: Kind,
    experiment: string | null,
    count: number,
    [one, many]: readonly [string, string],
  ): void {
    const message = `${String(count)} ${count === 1 ? one : many}`;
    if (count > 0) this.repairs.push({ kind, experiment, count, message });
  }

  #tellOf(kind: Kind, experiment: string, message: string): void {
    this.repairs.push({ kind, experiment, count: 1, message });
  }
}

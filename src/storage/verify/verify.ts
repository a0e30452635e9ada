import type { Database, Document } from "../../database/contract.ts";
import { isAssayError } from "../../errors/assay-error.ts";
import { numberIn } from "../records.ts";
import { ownedCollections } from "../schema.ts";
import type { Storage } from "../storage.ts";
import { checkCode } from "./check-code.ts";
import { checkCounters } from "./check-counters.ts";
import { checkOwners } from "./check-owners.ts";
import { isArriving, labelOf } from "./experiment-facts.ts";
import { Findings, type Subject } from "./findings.ts";
import { eachInOrder } from "./in-order.ts";
import type { Repair, Verification, VerifyOptions } from "./verification.ts";
import { ExperimentVerifier } from "./verify-experiment.ts";

const trialsAStep = 1000;
const nobody: Subject = { experiment: null };

/** What `verifyDatabase` does (its documentation is there). */
export async function verify(storage: Storage, options: VerifyOptions): Promise<Verification> {
  const { experiment: ref, onProgress, repair: isToRepair } = options;
  const key = ref === undefined ? undefined : (await storage.getExperiment(ref)).key;
  const repairs = isToRepair === true ? await repair(storage, key, onProgress) : [];
  const verifier = new Verifier(storage.database, onProgress);
  const findings = key === undefined ? verifier.everything() : verifier.oneExperiment(key);
  return (await findings).result(repairs);
}

async function repair(
  storage: Storage,
  key: number | undefined,
  onProgress: VerifyOptions["onProgress"],
): Promise<readonly Repair[]> {
  const { repairDatabase } = await import("../repair/repair-database.ts");
  const tell = (stage: string): void => onProgress?.({ stage, trials: 0, total: 0 });
  return await repairDatabase(storage, key, tell);
}

class Verifier {
  readonly #database: Database;
  readonly #findings = new Findings();
  readonly #onProgress: NonNullable<VerifyOptions["onProgress"]>;
  #total = 0;

  constructor(database: Database, onProgress: VerifyOptions["onProgress"]) {
    this.#database = database;
    this.#onProgress = onProgress ?? (() => undefined);
  }

  async oneExperiment(key: number): Promise<Findings> {
    await this.#guard(nobody, async () => {
      this.#total = await this.#database.count("trials", { experiment: key });
      const [document] = await this.#database.read("experiments", { key });
      if (document?.["name"] !== undefined) await this.#experiment(document);
    });
    return this.#findings;
  }

  async everything(): Promise<Findings> {
    this.#tell("files");
    await this.#guard(nobody, async () => {
      for (const damage of await this.#database.check()) {
        this.#findings.add(nobody, [{ invariant: "database", message: damage }]);
      }
    });
    await this.#guard(nobody, async () => {
      for await (const { key } of this.#experiments()) {
        this.#total += await this.#database.count("trials", { experiment: key });
      }
      for await (const document of this.#experiments()) {
        if (document["deletedAt"] !== undefined) await this.#hidden(document, "deleted");
        else if (isArriving(document)) await this.#hidden(document, "unfinished");
        else await this.#experiment(document);
      }
    });
    await this.#guard(nobody, async () => await this.#shared());
    return this.#findings;
  }

  /** By their keys, those that were deleted too. */
  #experiments(): AsyncGenerator<Document, void> {
    return eachInOrder(this.#database, {
      collection: "experiments",
      where: {},
      by: ["key"],
      from: -Infinity,
      pageSize: 20,
    });
  }

  async #experiment(document: Document): Promise<void> {
    const label = labelOf(document);
    this.#tell(label);
    await this.#guard({ experiment: label }, async () => {
      const verifier = new ExperimentVerifier(this.#database, this.#findings, document);
      await verifier.verify(() => {
        if (this.#findings.checked.trials % trialsAStep === 0) this.#tell(label);
      });
    });
  }

  /** One that nobody can reach: what is under it need not hold together. */
  async #hidden(document: Document, kind: "deleted" | "unfinished"): Promise<void> {
    const key = numberIn(document, "key");
    let count = 0;
    for (const collection of ownedCollections) {
      count += await this.#database.count(collection, { experiment: key });
    }
    const message =
      kind === "deleted"
        ? `It was deleted, and ${String(count)} documents of it are still to be swept`
        : `It is on its way from another database, or was cut off: ${String(count)} documents of it are here; the same command goes on, and "assay db rm --unfinished" removes it`;
    this.#findings.remark({ kind, experiment: labelOf(document), message });
  }

  /** What belongs to no experiment, or should not. */
  async #shared(): Promise<void> {
    this.#tell("everything else");
    const bundles = eachInOrder(this.#database, {
      collection: "code",
      where: {},
      by: ["hash"],
      from: "",
      pageSize: 4,
    });
    for await (const document of bundles) {
      this.#findings.count("code");
      this.#findings.add(nobody, checkCode(document));
    }
    for await (const finding of checkOwners(this.#database)) this.#findings.add(nobody, [finding]);
    for await (const finding of checkCounters(this.#database))
      this.#findings.add(nobody, [finding]);
  }

  #tell(stage: string): void {
    this.#onProgress({ stage, trials: this.#findings.checked.trials, total: this.#total });
  }

  /** A document that cannot be read at all is a problem too, and ends only what needs it. */
  async #guard(subject: Subject, look: () => Promise<void>): Promise<void> {
    try {
      await look();
    } catch (error) {
      if (!isAssayError(error) || error.code !== "CORRUPT") throw error;
      this.#findings.add(subject, [{ invariant: "database", message: error.message }]);
    }
  }
}

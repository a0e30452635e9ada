import type { Database } from "../../database/contract.ts";
import type { Experiment } from "../../model/experiment.ts";
import { isLargeResults } from "../large-results.ts";
import { readSchemaVersion } from "../migrate.ts";
import { numberIn } from "../records.ts";
import type { Storage } from "../storage.ts";
import { eachInOrder } from "../verify/in-order.ts";
import { ContentSizes } from "./content-sizes.ts";
import type { DatabaseStats, ExperimentStats, StatsOptions } from "./stats.ts";

const pageSize = 1000;

/** What `databaseStats` does (its documentation is there). */
export async function countDatabase(
  storage: Storage,
  { onProgress = () => undefined }: StatsOptions,
): Promise<DatabaseStats> {
  const { database } = storage;
  const counter = new ExperimentCounter(storage, onProgress);
  const experiments: ExperimentStats[] = [];
  for (const experiment of await storage.getExperiments()) {
    experiments.push(await counter.count(experiment));
  }
  const description = await database.describe();
  return {
    location: storage.location,
    product: description?.product ?? null,
    schema: await readSchemaVersion(database),
    fileBytes: description?.bytes ?? null,
    experiments,
    deleted: await database.count("experiments", { deletedAt: { $exists: true } }),
    code: await database.count("code", {}, { scan: true }),
  };
}

class ExperimentCounter {
  readonly #storage: Storage;
  readonly #database: Database;
  readonly #onProgress: (documents: number) => void;
  #seen = 0;

  constructor(storage: Storage, onProgress: (documents: number) => void) {
    this.#storage = storage;
    this.#database = storage.database;
    this.#onProgress = onProgress;
  }

  async count(experiment: Experiment): Promise<ExperimentStats> {
    const { key, name, version } = experiment;
    const all = async (collection: string): Promise<number> =>
      await this.#database.count(collection, { experiment: key });
    const running = { experiment: key, startedAt: { $exists: true } };
    return {
      name,
      version,
      trials: await this.#storage.countByStatus(experiment),
      stored: await all("trials"),
      // The last attempt of a trial is in its own document.
      attempts:
        (await all("attempts")) + (await this.#database.count("trials", running, { scan: true })),
      metrics: await this.#points(key),
      snapshots: await all("snapshots"),
      ...(await this.#contents(key)),
      runs: await all("runs"),
    };
  }

  async #points(experiment: number): Promise<number> {
    let points = 0;
    const by = ["number", "attempt", "chunk"];
    for await (const document of this.#each("metrics", experiment, by, ["count"])) {
      points += numberIn(document, "count");
    }
    return points;
  }

  async #contents(
    experiment: number,
  ): Promise<Pick<ExperimentStats, "artifacts" | "blobs" | "bytes">> {
    const sizes = new ContentSizes();
    let artifacts = 0;
    for (const [collection, place] of [
      ["snapshots", "snapshot"],
      ["artifacts", "name"],
    ] as const) {
      const select = ["sha256", "bytes"];
      for await (const document of this.#each(collection, experiment, ["number", place], select)) {
        sizes.add(String(document["sha256"]), numberIn(document, "bytes"));
        if (collection === "artifacts" && !isLargeResults(document["name"])) artifacts += 1;
      }
    }
    return { artifacts, blobs: sizes.count, bytes: sizes.bytes };
  }

  /** The documents of an experiment in a collection, of each only the fields of its index and some more. */
  async *#each(
    collection: string,
    experiment: number,
    by: readonly string[],
    more: readonly string[],
  ): ReturnType<typeof eachInOrder> {
    const select = [...by, ...more];
    const where = { experiment };
    const read = { collection, where, by, from: -Infinity, pageSize, select };
    for await (const document of eachInOrder(this.#database, read)) {
      this.#seen += 1;
      if (this.#seen % pageSize === 0) this.#onProgress(this.#seen);
      yield document;
    }
  }
}

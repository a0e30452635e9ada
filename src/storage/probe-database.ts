import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Database, Query } from "../database/contract.ts";
import { AssayError, isAssayError } from "../errors/assay-error.ts";
import { encodeValue } from "../values/encode.ts";
import { openDatabase, preloadStorage } from "./connect-storage.ts";
import { ensureSchema, readSchemaVersion } from "./migrate.ts";
import { parseStorageUrl } from "./storage-url.ts";

export const probeStages = [
  "driver",
  "connection",
  "schema",
  "write",
  "read",
  "change",
  "count",
  "remove",
  "settings",
] as const;

/** How one stage of a probe went. */
export interface ProbeStage {
  readonly stage: (typeof probeStages)[number];
  /** What was seen, in a line; of what failed, why. */
  readonly message: string;
  /** Why it failed; absent when it did not. */
  readonly error?: unknown;
  /** Of the settings: what weakens the database's promises. */
  readonly warnings?: readonly string[];
}

/**
 * Tries whether a database does what Assay asks of it, stage by stage, and ends with the first that fails. It
 * works on a document of its own, which is gone in the end. An empty database of a server gets its collections
 * by it; where a SQLite file is not there yet, one beside it is tried and removed again.
 */
export async function* probeDatabase(url: string): AsyncGenerator<ProbeStage, void> {
  const probe = new Probe(url);
  try {
    for (const stage of probeStages) {
      const seen = await probe.try(stage);
      yield seen;
      if (seen.error !== undefined) return;
    }
  } finally {
    await probe.end();
  }
}

/** Older documents of probes are of such that were killed. */
const leftAfterMs = 3_600_000;

class Probe {
  readonly #url: string;
  readonly #key: string = `probe:${new Date().toISOString()}:${randomUUID()}`;
  readonly #value: string = encodeValue({
    text: "\u{1f52c} '\"$.",
    number: 0.1,
    when: new Date(0),
  });
  #database: Database | undefined;
  /** A file that is tried in the place of one that is not there. */
  #temporary: string | undefined;
  #isWritten = false;

  constructor(url: string) {
    this.#url = url;
  }

  async try(stage: ProbeStage["stage"]): Promise<ProbeStage> {
    try {
      if (stage === "settings") return { stage, ...(await this.#settings()) };
      return { stage, message: await this.#steps[stage]() };
    } catch (error) {
      return { stage, message: this.#explain(error), error };
    }
  }

  /** What a person reads of an error: of the file that was meant, not of the one that was tried for it. */
  #explain(error: unknown): string {
    const message = error instanceof Error ? error.message : String(error);
    if (this.#temporary === undefined) return message;
    const location = parseStorageUrl(this.#url);
    const meant = location.kind === "sqlite" ? resolve(location.path) : "";
    return message.replaceAll(this.#temporary, meant);
  }

  /** Takes away all that it made. */
  async end(): Promise<void> {
    try {
      if (this.#isWritten) await this.#database?.remove("meta", this.#query);
    } catch {
      // That it cannot be removed was told already, or it is as unreachable as the rest.
    }
    await this.#database?.close();
    if (this.#temporary === undefined) return;
    for (const end of ["", "-wal", "-shm"]) await rm(this.#temporary + end, { force: true });
  }

  readonly #steps = {
    driver: async (): Promise<string> => {
      await preloadStorage(this.#url);
      return `${parseStorageUrl(this.#url).kind} can be used`;
    },

    connection: async (): Promise<string> => {
      try {
        this.#database = await openDatabase(this.#url, { create: false });
        return this.#database.location;
      } catch (error) {
        const location = parseStorageUrl(this.#url);
        const isMissing = isAssayError(error) && error.code === "NOT_FOUND";
        if (!isMissing || location.kind !== "sqlite") throw error;
        const path = resolve(location.path);
        this.#temporary = join(nearestFolder(path), `.assay-probe-${randomUUID()}.db`);
        const tried = `${this.#temporary}?durability=${location.durability}`;
        this.#database = await openDatabase(tried, { create: true });
        return `${path} is not there yet, a run makes it; a file in ${dirname(this.#temporary)} is tried`;
      }
    },

    schema: async (): Promise<string> => {
      const found = await readSchemaVersion(this.#opened());
      await ensureSchema(this.#opened());
      const version = await readSchemaVersion(this.#opened());
      const made = found === 0 ? "; its collections were made, for it was empty" : "";
      return `version ${String(version)}${made}`;
    },

    write: async (): Promise<string> => {
      const before = new Date(Date.now() - leftAfterMs).toISOString();
      await this.#opened().remove("meta", { key: { $gte: "probe:", $lt: `probe:${before}` } });
      this.#isWritten = true;
      await this.#opened().write("meta", { key: this.#key, value: this.#value });
      return "a document was written";
    },

    read: async (): Promise<string> => {
      const [found] = await this.#opened().read("meta", this.#query);
      expectSame("The document that was read", found?.["value"], this.#value);
      return "it came back as it was";
    },

    change: async (): Promise<string> => {
      const value = encodeValue("changed");
      const [found] = await this.#opened().readAndWrite("meta", this.#query, { set: { value } });
      expectSame("The document that was changed", found?.["value"], value);
      return "it was changed and returned in one step";
    },

    count: async (): Promise<string> => {
      expectSame("The count", await this.#opened().count("meta", this.#query), 1);
      return "it was counted once";
    },

    remove: async (): Promise<string> => {
      expectSame(
        "The count of what was removed",
        await this.#opened().remove("meta", this.#query),
        1,
      );
      expectSame("The count after it", await this.#opened().count("meta", this.#query), 0);
      return "it is gone";
    },
  } as const;

  async #settings(): Promise<Omit<ProbeStage, "stage">> {
    const { warnings } = this.#opened();
    const description = await this.#opened().describe();
    const product = description?.product ?? "the backend does not tell its settings";
    return { message: product, warnings };
  }

  get #query(): Query {
    return { key: this.#key };
  }

  #opened(): Database {
    if (this.#database === undefined) throw new TypeError("The database is not open yet");
    return this.#database;
  }
}

function nearestFolder(path: string): string {
  const folder = dirname(path);
  return existsSync(folder) || folder === path ? folder : nearestFolder(folder);
}

function expectSame(what: string, found: unknown, expected: unknown): void {
  if (found === expected) return;
  throw new AssayError(
    "CORRUPT",
    `${what} is ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`,
  );
}

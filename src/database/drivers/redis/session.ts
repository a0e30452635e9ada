import { AssayError } from "../../../errors/assay-error.ts";
import { encodeValue } from "../../../values/encode.ts";
import { indexName } from "../../index-rule.ts";
import { format, parseCatalog, type Catalog } from "./catalog.ts";
import { script } from "./script/script.ts";
import type { Connection, RawAnswer } from "./connection.ts";
import type { StoredCollection } from "./layout.ts";
import { packMessage, type Packable } from "./message-pack.ts";
import type { UpdateStep } from "./update-group.ts";

/** What the script answers: a word, and what belongs to it. */
export type Answer = readonly [word: string, ...rest: unknown[]];

/** One step of a batch: what kind of operation on which documents, and what it is to do. */
export interface Step {
  readonly kind: string;
  /** The key of the documents. */
  readonly data: string;
  readonly operation: Packable;
  /** Carried out only if the step at this place, from 1, changed something. */
  readonly after?: number | undefined;
  readonly required?: boolean | undefined;
}

function packSteps(steps: readonly Step[]): Buffer {
  const packed = steps.map(({ kind, data, operation, after = 0, required = false }) => [
    ...[kind, after, required, data],
    operation,
  ]);
  return packMessage(packed);
}

/** Everything below one prefix: the catalog as far as it is known, and the way to run operations under it. */
export class Session {
  readonly connection: Connection;
  readonly base: string;
  readonly #key: string;
  #catalog: Promise<Catalog> | undefined;
  /** The identity of the data that was found first. */
  #id = "";

  constructor(connection: Connection, prefix: string) {
    this.connection = connection;
    // A hash tag: on a cluster all keys are in one slot, so that one script may use them.
    this.base = `{${prefix}}:`;
    this.#key = `${this.base}assay_catalog`;
  }

  get location(): string {
    return this.connection.location;
  }

  /** The catalog as it was read last. */
  async catalog(): Promise<Catalog> {
    const reading = (this.#catalog ??= this.#read());
    try {
      return await reading;
    } catch (error) {
      if (this.#catalog === reading) this.#catalog = undefined;
      throw error;
    }
  }

  async #read(): Promise<Catalog> {
    let catalog = await this.#readStored();
    if (catalog.version === "" && (await this.connection.command("EXISTS", this.#key)) === 1) {
      // Perhaps somebody made it just now.
      catalog = await this.#readStored();
      if (catalog.version === "") throw this.#foreign(this.#key);
    }
    if (this.#id !== "" && catalog.id !== this.#id) {
      throw new AssayError(
        "STORAGE_UNAVAILABLE",
        `${this.location} was removed or replaced while it was in use`,
        { details: { location: this.location } },
      );
    }
    this.#id = catalog.id;
    return catalog;
  }

  async #readStored(): Promise<Catalog> {
    const fields = ["version", "format", "collections"];
    const found = await this.connection.command("HMGET", this.#key, ...fields);
    return parseCatalog(this.base, this.location, found as (string | null)[]);
  }

  /** Carries out steps as one script; "stale" is answered when another catalog holds by now, which is read then. */
  async run(
    catalog: Catalog,
    steps: readonly Step[],
    documents: readonly Buffer[] = [],
  ): Promise<Answer> {
    const args = [catalog.version, packSteps(steps), ...documents];
    const [answer] = await this.connection.run(script, this.#key, args);
    return this.#checked(answer);
  }

  /** Carries out updates, together with others of the same moment. Undefined when they cannot be sent so. */
  async runUpdates(catalog: Catalog, steps: readonly UpdateStep[]): Promise<Answer | undefined> {
    const answer = this.connection.runTogether(this.#key, catalog.version, steps);
    return answer === undefined ? undefined : this.#checked(await answer);
  }

  #checked(answer: RawAnswer | undefined): Answer {
    if (answer === undefined) {
      this.#catalog = undefined;
      return ["stale"];
    }
    const [word, ...rest] = answer;
    const text = word.toString();
    if (text === "error") throw this.connection.toError(new Error(String(rest[0])));
    return [text, ...rest];
  }

  /** Changes the catalog: `change` gives all collections as they are to be, from what they are. */
  async change(
    change: (catalog: Catalog) => Readonly<Record<string, StoredCollection>>,
  ): Promise<void> {
    for (;;) {
      const catalog = await this.catalog();
      const stored = change(catalog);
      if (encodeValue(stored) === encodeValue(catalog.stored)) return;
      const names = Object.keys(stored);
      const keys = names.map((name) => this.base + name);
      const operation = [
        ...[catalog.next(), String(format), encodeValue(stored)],
        [this.#key, `${this.base}assay_ids`, ...keys],
        changedIndexes(this.base, catalog.stored, stored),
      ];
      const step = { kind: "define", data: "", operation };
      const [word, , key] = await this.run(catalog, [step]);
      if (word === "foreign") throw this.#foreign(String(key));
      if (word === "done") this.#catalog = undefined;
      if (word === "done") return;
    }
  }

  #foreign(key: string): AssayError {
    return new AssayError(
      "STORAGE_UNAVAILABLE",
      `${this.location} has data of another program under ${key}; choose another prefix with ?prefix=NAME`,
      { details: { location: this.location, key } },
    );
  }
}

type Collections = Readonly<Record<string, StoredCollection>>;

/** The keys of indexes that were dropped, and of new ones: an index begins without entries. */
function changedIndexes(base: string, before: Collections, after: Collections): string[] {
  const keysOf = (collections: Collections): string[] =>
    Object.entries(collections).flatMap(([name, { indexes }]) =>
      indexes.map((index) => `${base}${name}:${indexName(index)}`),
    );
  const old = new Set(keysOf(before));
  const now = new Set(keysOf(after));
  return [...old, ...now].filter((key) => !old.has(key) || !now.has(key));
}

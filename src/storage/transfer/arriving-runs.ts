import type { Document } from "../../database/contract.ts";
import type { StorageContext } from "../context.ts";
import { nextCount } from "../counters.ts";
import { numberIn, textIn } from "../records.ts";

/**
 * The runs of an experiment as they arrive in another database. They keep number and reference where those are
 * free; else they get new ones, and `origin` keeps the reference that they had.
 */
export class ArrivingRuns {
  readonly #context: StorageContext;
  readonly #key: number;
  readonly #name: string;
  /** Identity → reference here, of those that are here. */
  readonly #known = new Map<string, string>();
  /** Reference there → here, of those that have another one here. */
  readonly #renamed = new Map<string, string>();

  /** @param name the experiment's, of which new references are made */
  constructor(context: StorageContext, key: number, name: string) {
    this.#context = context;
    this.#key = key;
    this.#name = name;
  }

  /** Finds those that came before, by an earlier transfer. */
  async start(): Promise<this> {
    const select = ["reference", "origin", "startedAt", "holder"];
    const here = await this.#context.database.read("runs", { experiment: this.#key }, { select });
    for (const run of here) this.#known.set(identityOf(run), textIn(run, "reference"));
    return this;
  }

  async add(run: Document): Promise<void> {
    const reference = textIn(run, "reference");
    const identity = identityOf(run);
    const known = this.#known.get(identity) ?? (await this.#store(run, reference));
    this.#known.set(identity, known);
    if (known !== reference) this.#renamed.set(reference, known);
  }

  /** The reference that a run has here. */
  referenceOf(reference: unknown): unknown {
    return typeof reference === "string" ? (this.#renamed.get(reference) ?? reference) : reference;
  }

  /** Stores a run and returns its reference. */
  async #store(run: Document, reference: string): Promise<string> {
    const document = { ...run, experiment: this.#key };
    const number = numberIn(run, "number");
    await this.#passCounter(number);
    if (await this.#insert(document)) return reference;
    const { database } = this.#context;
    const other = await nextCount(this.#context, "run");
    const [taken] = await database.read("runs", { reference }, { select: ["number"] });
    if (taken === undefined) {
      await this.#insert({ ...document, number: other });
      return reference;
    }
    // As `startRun` makes it.
    const time = reference.slice(reference.lastIndexOf("_") + 1);
    const renamed = `${this.#name}_${String(other)}_${time}`;
    const origin = run["origin"] ?? reference;
    await this.#insert({ ...document, number: other, reference: renamed, origin });
    return renamed;
  }

  async #insert(document: Document): Promise<boolean> {
    const outcome = await this.#context.database.batch([
      { kind: "insert", collection: "runs", documents: [document], ifAbsent: true },
    ]);
    return outcome.applied && (outcome.results[0]?.count ?? 0) > 0;
  }

  /** No later run gets this number. */
  async #passCounter(number: number): Promise<void> {
    await this.#context.database.batch([
      {
        kind: "insert",
        collection: "counters",
        documents: [{ name: "run", value: 0 }],
        ifAbsent: true,
      },
      {
        kind: "update",
        collection: "counters",
        query: { name: "run", value: { $lt: number } },
        change: { set: { value: number } },
      },
    ]);
  }
}

/** What is the same of a run wherever it is. Runs of copies of one database may have equal references. */
function identityOf(run: Document): string {
  const { reference, origin, startedAt, holder } = run;
  return JSON.stringify([origin ?? reference, startedAt, holder]);
}

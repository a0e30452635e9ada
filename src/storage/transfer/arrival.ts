import type { Document, Operation } from "../../database/contract.ts";
import { AssayError, isAssayError } from "../../errors/assay-error.ts";
import { contentKey, trialId } from "../../model/identity.ts";
import { movedChunk } from "../blobs.ts";
import type { StorageContext } from "../context.ts";
import { deleteTrials } from "../delete-trials.ts";
import { decodedIn, numberIn, optionalNumber, textIn } from "../records.ts";
import { arrivalGuard, isStillThere, removeLateArrivals } from "./arrival-guard.ts";
import { findPlace, type Destination, type Place } from "./arrival-place.ts";
import { ArrivingRuns } from "./arriving-runs.ts";
import { movedExperiment } from "./moved-documents.ts";
import { pageWrites } from "./page-writes.ts";
import { belongingNames, type Part, type SourceExperiment, type Wanted } from "./parts.ts";
import { labelOf } from "./progress.ts";
import { markOf } from "./trial-parts.ts";

/** Content that is written together with what comes next, up to so many bytes. */
const mostPendingBytes = 4 << 20;

/**
 * An experiment that arrives in a database. It has no name before all of it is there, so that nobody sees it;
 * what was cut off is found again by where it came from, and goes on where it stopped.
 */
export class Arrival {
  readonly #context: StorageContext;
  readonly #source: SourceExperiment;
  readonly #destination: Destination;
  readonly #key: number;
  readonly #id: string;
  readonly #isResumed: boolean;
  readonly #runs: ArrivingRuns;
  #pending: Document[] = [];
  #pendingBytes = 0;
  /** The largest number that was passed. */
  #last = -1;
  /** How many trials are to be here. */
  #expected = 0;

  private constructor(
    context: StorageContext,
    source: SourceExperiment,
    destination: Destination,
    { document, isResumed }: Place,
  ) {
    this.#context = context;
    this.#source = source;
    this.#destination = destination;
    this.#key = numberIn(document, "key");
    this.#id = textIn(document, "id");
    this.#isResumed = isResumed;
    this.#runs = new ArrivingRuns(context, this.#key, destination.name);
  }

  static async begin(
    context: StorageContext,
    source: SourceExperiment,
    destination: Destination,
  ): Promise<Arrival> {
    const place = await findPlace(context, source, destination);
    const arrival = new Arrival(context, source, destination, place);
    await arrival.#runs.start();
    return arrival;
  }

  /** Those of some trials that are not here yet as they are there. What is here and not there goes. */
  readonly wanted: Wanted = async (trials) => {
    const last = numberIn(trials.at(-1) ?? {}, "number");
    const from = this.#last;
    this.#last = last;
    if (!this.#isResumed) return trials;
    const found = await this.#context.database.read(
      "trials",
      { experiment: this.#key, number: { $gt: from, $lte: last } },
      { sort: [{ field: "number" }] },
    );
    const here = new Map(found.map((trial) => [trial["number"], this.#markOf(trial)]));
    const missing: Document[] = [];
    for (const trial of trials) {
      const mark = this.#markOf(this.#arriving(trial));
      if (here.get(trial["number"]) === mark) here.delete(trial["number"]);
      else missing.push(trial);
    }
    this.#expected += trials.length - missing.length;
    await this.#remove([...here.keys()]);
    if (!this.#context.database.capabilities.atomicBatch) await this.#removeStrays(missing);
    return missing;
  };

  async receive(part: Part): Promise<void> {
    const { database } = this.#context;
    switch (part.kind) {
      case "code":
        await database.batch([
          { kind: "insert", collection: "code", documents: [part.document], ifAbsent: true },
        ]);
        return;
      case "runs":
        await this.#runs.add(part.document);
        return;
      case "blobs":
        await this.#addContent(part.document);
        return;
      case "trials":
        this.#expected += part.records.length;
        await this.#write(
          pageWrites(
            this.#key,
            part.records,
            (trial) => this.#withRun(this.#arriving(trial)),
            (attempt) => this.#withRun(attempt),
          ),
        );
        return;
      case "locks":
        await this.#write([this.#lockWrite(part.document)]);
        return;
      case "end":
        await this.#finish(part.document);
    }
  }

  #arriving(trial: Document): Document {
    if (this.#id === this.#source.id) return trial;
    const key = contentKey(decodedIn(trial, "params"), numberIn(trial, "occurrence"));
    return { ...trial, id: trialId(this.#id, key) };
  }

  #withRun(document: Document): Document {
    const { run } = document;
    return run === undefined ? document : { ...document, run: this.#runs.referenceOf(run) };
  }

  /** What has moved on has another mark; a reservation is one that was interrupted. */
  #markOf(trial: Document): string {
    const isHeld = trial["status"] === "reserved";
    const outcome = trial["startedAt"] === undefined ? undefined : "interrupted";
    return markOf(
      isHeld ? { ...trial, status: "interrupted", outcome: trial["outcome"] ?? outcome } : trial,
    );
  }

  async #addContent(document: Document): Promise<void> {
    const documents = movedChunk(this.#key, document);
    this.#pending.push(...documents);
    const { data } = document;
    this.#pendingBytes += data instanceof Uint8Array ? data.length : 0;
    if (this.#pendingBytes >= mostPendingBytes) await this.#write([]);
  }

  /** Writes after the content that waits. */
  async #write(operations: readonly Operation[]): Promise<void> {
    const pending = this.#pending;
    this.#pending = [];
    this.#pendingBytes = 0;
    const content = {
      kind: "insert",
      collection: "blobs",
      documents: pending,
      ifAbsent: true,
    } as const;
    const before = [arrivalGuard(this.#key), content];
    // Places in the batch are counted from its beginning.
    const shifted = operations.map((operation) =>
      operation.after === undefined
        ? operation
        : { ...operation, after: operation.after + before.length },
    );
    const { database } = this.#context;
    const outcome = await database.batch([...before, ...shifted]);
    if (!outcome.applied || !(await isStillThere(database, this.#key))) throw await this.#removed();
  }

  /** Somebody removed what came: what was written behind that goes too. */
  async #removed(): Promise<AssayError> {
    const { database } = this.#context;
    await removeLateArrivals(database, this.#key);
    return new AssayError(
      "CONFLICT",
      `What came of "${labelOf(this.#destination)}" in ${database.location} was removed while it arrived; run it again`,
      { details: { name: this.#destination.name, version: this.#destination.version } },
    );
  }

  async #remove(numbers: readonly unknown[]): Promise<void> {
    if (numbers.length === 0) return;
    await deleteTrials(this.#context, this.#key, { number: { $in: numbers } });
  }

  /** Where a page is not written as one, what belongs to a trial may be older than the trial. */
  async #removeStrays(trials: readonly Document[]): Promise<void> {
    if (trials.length === 0) return;
    const numbers = trials.map(({ number }) => number);
    for (const collection of belongingNames) {
      const query = { experiment: this.#key, number: { $in: numbers } };
      await this.#context.database.remove(collection, query);
    }
  }

  /** A lock is held by nobody who knows the new place. Its state can be rebuilt, but need not. */
  #lockWrite({ token, expiresAt, state }: Document): Operation {
    const document = {
      experiment: this.#key,
      token,
      expiresAt: expiresAt === undefined ? undefined : 0,
      state,
    };
    return { kind: "insert", collection: "locks", documents: [document], ifAbsent: true };
  }

  /** Everything is there: it gets its name, and whatever it replaces loses it. */
  async #finish(end: Document): Promise<void> {
    const { database } = this.#context;
    const { name, version } = this.#destination;
    await this.#write([]);
    if (this.#isResumed) await this.#removeBehind();
    const trials = await database.count("trials", { experiment: this.#key });
    if (trials !== this.#expected) throw this.#incomplete(trials);
    const { id: _id, ...fields } = movedExperiment(end);
    const set = {
      ...fields,
      name,
      version,
      nextNumber: Math.max(optionalNumber(end, "nextNumber") ?? 0, this.#last + 1),
      given: Math.max(optionalNumber(end, "given") ?? 0, trials),
    };
    const reveal: Operation = {
      kind: "update",
      collection: "experiments",
      query: { key: this.#key, name: null, deletedAt: { $exists: false } },
      change: { set, unset: ["transfer", "maxTrials", "code"] },
      required: true,
    };
    try {
      const outcome = await database.batch([...this.#replacement(), reveal]);
      if (outcome.applied || (await this.#isRevealed())) return;
      if ((await database.count("experiments", { key: this.#key })) === 0) {
        throw await this.#removed();
      }
    } catch (error) {
      if (!isAssayError(error) || error.code !== "DUPLICATE") throw error;
    }
    throw new AssayError(
      "CONFLICT",
      `The experiment "${labelOf(this.#destination)}" in ${database.location} changed while another one arrived for its place; run it again`,
      { details: { name, version } },
    );
  }

  #incomplete(trials: number): AssayError {
    const { location } = this.#context.database;
    return new AssayError(
      "CONFLICT",
      `Of the ${String(this.#expected)} trials of "${labelOf(this.#source)}" ${String(trials)} arrived in ${location}; run it again`,
    );
  }

  /** Whether somebody else who moves the same, or a try before the connection was lost, gave it its name. */
  async #isRevealed(): Promise<boolean> {
    const { name, version } = this.#destination;
    const query = { name, version };
    const [found] = await this.#context.database.read("experiments", query, { select: ["key"] });
    return found?.["key"] === this.#key;
  }

  async #removeBehind(): Promise<void> {
    const behind = await this.#context.database.read(
      "trials",
      { experiment: this.#key, number: { $gt: this.#last } },
      { select: ["number"] },
    );
    await this.#remove(behind.map(({ number }) => number));
  }

  #replacement(): Operation[] {
    const { replaces } = this.#destination;
    if (replaces === undefined) return [];
    return [
      {
        kind: "update",
        collection: "experiments",
        query: { key: replaces.key, name: replaces.name },
        change: {
          set: { deletedName: replaces.name, deletedAt: this.#context.wallClock().toISOString() },
          unset: ["name"],
          increment: { revision: 1 },
        },
        required: true,
      },
    ];
  }
}

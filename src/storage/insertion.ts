import type { Document, Operation } from "../database/contract.ts";
import { AssayError } from "../errors/assay-error.ts";
import { contentKey, trialId } from "../model/identity.ts";
import { encodeResults, type EncodedResults } from "../model/results.ts";
import type { Trial } from "../model/trial.ts";
import { spaceFromDefinition } from "../space/create-space.ts";
import { timestamp, type StorageContext } from "./context.ts";
import { readCursor } from "./cursor.ts";
import type { ExperimentRef, ExperimentStore } from "./experiments.ts";
import { keepLargeResults, splitResults, type LargeResults } from "./large-results.ts";
import { toClaimed, type ClaimedTrial } from "./leases.ts";
import { newTrialDocument, reservationFor } from "./new-trials.ts";
import { pendingField, storePending } from "./pending-trials.ts";
import { numberIn, textIn, toTrial } from "./records.ts";

export interface InsertOptions {
  /** Completes the trial with these results. */
  readonly results?: unknown;
  /** Reserves it for this holder, in the same step. Not together with results. */
  readonly reserveFor?: string;
}

/** `claim` is there when the trial was inserted with a reservation. */
export interface InsertedTrial extends Trial {
  readonly claim?: ClaimedTrial;
}

export interface InsertionStore {
  /**
   * Adds a trial by hand. Parameters are checked against the space; what the grid holds gets the grid's
   * number. Throws `INVALID_VALUE`, `INVALID_RESULTS`, or `DUPLICATE` naming the trial that has these
   * parameters; then nothing was stored.
   */
  registerTrial(
    experiment: ExperimentRef,
    params: unknown,
    options?: InsertOptions,
  ): Promise<InsertedTrial>;
}

export function createInsertionStore(
  context: StorageContext,
  experiments: ExperimentStore,
): InsertionStore {
  const { database } = context;

  async function assertAbsent(id: string): Promise<void> {
    const [existing] = await database.read("trials", { id });
    if (existing === undefined) return;
    const [number, status] = [numberIn(existing, "number"), textIn(existing, "status")];
    throw new AssayError(
      "DUPLICATE",
      `A trial with these parameters exists already: number ${String(number)}, ${status}`,
      { details: { id, number, status } },
    );
  }

  return {
    async registerTrial(ref, params, { results, reserveFor } = {}) {
      if (results !== undefined && reserveFor !== undefined) {
        throw new AssayError("USAGE", "A trial is inserted with results or reserved, not both");
      }
      const experiment = await experiments.getExperiment(ref);
      const space = spaceFromDefinition(experiment.space);
      const parsed = space.parse(params);
      const encoded =
        results === undefined ? undefined : encodeResults(results, experiment.objectives);
      const large = encoded && splitResults(experiment.key, encoded.results);
      const id = trialId(experiment.id, contentKey(parsed, 0));
      const place = space.enumerable ? space.indexOf(parsed) : undefined;
      for (;;) {
        // In this order: what is absent then stays so until the cursor's revision changes.
        const cursor = await readCursor(database, experiment);
        await assertAbsent(id);
        const number = place ?? cursor.nextNumber;
        const now = timestamp(context);
        const suggestion = { params: parsed, occurrence: 0, number };
        const document = {
          ...newTrialDocument(
            experiment,
            suggestion,
            cursor,
            now,
            await reservationFor(context, reserveFor),
          ),
          ...(encoded === undefined ? {} : completed(encoded, now)),
        };
        const nextNumber = place === undefined ? number + 1 : cursor.nextNumber;
        if (!(await store(cursor.revision, nextNumber, document, large))) continue;
        const trial = toTrial(document);
        return reserveFor === undefined ? trial : { ...trial, claim: toClaimed(document) };
      }
    },
  };

  /** @param large the results of the document, if they are too large for it */
  async function store(
    revision: number,
    nextNumber: number,
    whole: Document,
    large: LargeResults | undefined,
  ): Promise<boolean> {
    const { atomicBatch } = database.capabilities;
    const key = numberIn(whole, "experiment");
    const document = large === undefined ? whole : { ...whole, results: large.excerpt };
    const pending = atomicBatch ? {} : { [pendingField]: [document] };
    const operations: Operation[] = [
      ...(large === undefined ? [] : contentBefore(revision, document, large)),
      {
        kind: "update",
        collection: "experiments",
        query: { key, revision },
        change: { set: { nextNumber, ...pending }, increment: { given: 1, revision: 1 } },
        required: true,
      },
      // Once it is pending, somebody else may be faster to store it.
      ...(atomicBatch ? [required(document)] : storePending(key, revision + 1, [document])),
    ];
    return (await database.batch(operations)).applied;
  }

  /** Large results are there before the trial is: whoever stores it has no more than its document. */
  function contentBefore(revision: number, document: Document, large: LargeResults): Operation[] {
    const [key, number] = [numberIn(document, "experiment"), numberIn(document, "number")];
    const gate: Operation = {
      kind: "update",
      collection: "experiments",
      query: { key, revision },
      change: { increment: { revision: 0 } },
      required: true,
    };
    return keepLargeResults(context, { experiment: key, number }, large, gate, 0);
  }

  function required(document: Document): Operation {
    const documents = [document];
    return { kind: "insert", collection: "trials", documents, ifAbsent: true, required: true };
  }

  function completed(results: EncodedResults, endedAt: string): Document {
    return { ...results, status: "completed", endedAt, availableAt: undefined };
  }
}

import type {
  BatchOutcome,
  Database,
  Document,
  Operation,
  OperationResult,
} from "../database/contract.ts";
import { AssayError } from "../errors/assay-error.ts";
import type { Experiment } from "../model/experiment.ts";
import { completePending, inParts, pendingField, storePending } from "./pending-trials.ts";
import { numberIn, textIn } from "./records.ts";

/** How far an experiment is registered. `revision` makes a move of it conditional. */
export interface Cursor {
  readonly position: number;
  readonly nextNumber: number;
  /** At least as many as there are trials. */
  readonly given: number;
  readonly revision: number;
  /** A text of the codec: whose position it is. */
  readonly algorithm: string;
  /** Where the tokens of newly registered trials begin. */
  readonly tokenBase: number;
}

const fields = [
  "key",
  "position",
  "nextNumber",
  "given",
  "revision",
  "algorithm",
  "tokenBase",
  "deletedAt",
  pendingField,
];

/** The cursor as it is now, with all trials before it stored. `NOT_FOUND` when the experiment was deleted. */
export async function readCursor(
  database: Database,
  { key }: Pick<Experiment, "key">,
): Promise<Cursor> {
  const [document] = await database.read("experiments", { key }, { select: fields });
  if (document === undefined || document["deletedAt"] !== undefined) {
    throw new AssayError("NOT_FOUND", "The experiment was deleted while it was used");
  }
  await completePending(database, document);
  return {
    position: numberIn(document, "position"),
    nextNumber: numberIn(document, "nextNumber"),
    given: numberIn(document, "given"),
    revision: numberIn(document, "revision"),
    algorithm: textIn(document, "algorithm"),
    tokenBase: numberIn(document, "tokenBase"),
  };
}

/** What a move of the cursor comes with. */
export interface CursorMove {
  readonly to: { readonly position: number; readonly nextNumber: number };
  readonly documents: readonly Document[];
  /** Carried out behind the insert. */
  readonly operations?: readonly Operation[];
}

/**
 * Moves the cursor, and inserts: with an atomic batch one step; else the move writes down what is inserted
 * behind it. Not applied when somebody else had moved it since it was read. The results begin with those of
 * the move and the insert.
 */
export async function moveCursor(
  database: Database,
  { key }: Pick<Experiment, "key">,
  cursor: Cursor,
  { to, documents, operations = [] }: CursorMove,
): Promise<BatchOutcome> {
  const { atomicBatch } = database.capabilities;
  const parts = atomicBatch ? [documents] : inParts(documents);
  let { revision } = cursor;
  let inserted = 0;
  for (const [i, part] of parts.entries()) {
    const isLast = i === parts.length - 1;
    // Until all are given out, the cursor stands before them.
    const place = isLast ? to : { ...to, position: cursor.position };
    const pending = atomicBatch || part.length === 0 ? {} : { [pendingField]: part };
    const insert = {
      kind: "insert",
      collection: "trials",
      documents: part,
      ifAbsent: true,
    } as const;
    const outcome = await database.batch([
      {
        kind: "update",
        collection: "experiments",
        query: { key, revision },
        change: { set: { ...place, ...pending }, increment: { given: part.length, revision: 1 } },
        required: true,
      },
      ...(atomicBatch ? [insert] : storePending(key, revision + 1, part)),
      ...(isLast ? operations : []),
    ]);
    if (!outcome.applied) return outcome;
    const [moved = none, stored = none, ...rest] = outcome.results;
    inserted += stored.count;
    revision += 1;
    if (isLast) {
      const results = [moved, { ...stored, count: inserted }, ...rest];
      return { ...outcome, results };
    }
  }
  return { applied: true, results: [] };
}

const none: OperationResult = { count: 0, documents: [] };

import type { BatchOutcome, Database, Document, Operation } from "../database/contract.ts";
import { AssayError } from "../errors/assay-error.ts";
import type { Experiment } from "../model/experiment.ts";
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
  "position",
  "nextNumber",
  "given",
  "revision",
  "algorithm",
  "tokenBase",
  "deletedAt",
];

/** The cursor as it is now. `NOT_FOUND` when the experiment was deleted. */
export async function readCursor(
  database: Database,
  { key }: Pick<Experiment, "key">,
): Promise<Cursor> {
  const [document] = await database.read("experiments", { key }, { select: fields });
  if (document === undefined || document["deletedAt"] !== undefined) {
    throw new AssayError("NOT_FOUND", "The experiment was deleted while it was used");
  }
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
 * Moves the cursor, then inserts: with an atomic batch one step, else repairable from the cursor. Not applied
 * when somebody else had moved it since it was read. The results begin with those of the move and the insert.
 */
export async function moveCursor(
  database: Database,
  { key }: Pick<Experiment, "key">,
  cursor: Cursor,
  { to, documents, operations = [] }: CursorMove,
): Promise<BatchOutcome> {
  return await database.batch([
    {
      kind: "update",
      collection: "experiments",
      query: { key, revision: cursor.revision },
      change: { set: to, increment: { given: documents.length, revision: 1 } },
      required: true,
    },
    { kind: "insert", collection: "trials", documents, ifAbsent: true },
    ...operations,
  ]);
}

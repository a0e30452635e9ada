import type { Database, Document, Operation } from "../database/contract.ts";
import { numberIn } from "./records.ts";

/**
 * Trials that were given out at the cursor and may not be stored yet. Where a batch is not atomic they are
 * written down in the experiment's document by the move of the cursor itself; whoever reads the cursor next
 * stores those that are missing. So none is lost between the two, and nobody counts places in between.
 */
export const pendingField = "pendingTrials";

/** How much of them one document may hold, in characters: far less than the 16 MB of MongoDB. */
const mostCharacters = 4_000_000;

/** The operations that store trials which a move of the cursor to `revision` wrote down, and forget them there. */
export function storePending(
  key: number,
  revision: number,
  documents: readonly Document[],
): Operation[] {
  return [
    { kind: "insert", collection: "trials", documents, ifAbsent: true },
    {
      kind: "update",
      collection: "experiments",
      query: { key, revision },
      change: { unset: [pendingField] },
    },
  ];
}

/** Stores the trials that an experiment's document has as pending. True when there were any. */
export async function completePending(database: Database, document: Document): Promise<boolean> {
  const pending = document[pendingField];
  if (!Array.isArray(pending)) return false;
  const [key, revision] = [numberIn(document, "key"), numberIn(document, "revision")];
  await database.batch(storePending(key, revision, pending as readonly Document[]));
  return true;
}

/** The numbers of the trials that an experiment's document has as pending; some may be stored by now. */
export function pendingNumbers(document: Document): readonly number[] {
  const pending = document[pendingField];
  if (!Array.isArray(pending)) return [];
  return (pending as readonly Document[]).map((trial) => numberIn(trial, "number"));
}

/** Documents in parts that a document of the experiment can hold. */
export function inParts(documents: readonly Document[]): Document[][] {
  const parts: Document[][] = [[]];
  let characters = 0;
  for (const document of documents) {
    const length = String(document["params"]).length + 1000;
    if (characters > 0 && characters + length > mostCharacters) {
      parts.push([]);
      characters = 0;
    }
    characters += length;
    parts.at(-1)?.push(document);
  }
  return parts;
}

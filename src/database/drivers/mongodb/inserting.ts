import { isConflictOf, writeErrorsOf, type WriteError } from "./errors.ts";
import type { Stored } from "./layout.ts";
import { pauseBefore, repeated } from "./repeat.ts";
import type { ServerCollection } from "./server-collection.ts";

/**
 * Inserts those documents whose unique fields are free, in one command. Tells for each whether it was
 * inserted now.
 */
export async function insertAbsent(
  collection: ServerCollection,
  documents: readonly Stored[],
): Promise<boolean[]> {
  const inserted = documents.map(() => false);
  let left = documents.map((document, place) => ({ document, place }));
  for (let attempt = 0; left.length > 0; attempt += 1) {
    const failed = await tryAll(
      collection,
      left.map(({ document }) => document),
    );
    const errors = new Map(failed.map((error) => [error.index, error]));
    const again: typeof left = [];
    for (const [i, one] of left.entries()) {
      const error = errors.get(i);
      if (error === undefined) inserted[one.place] = true;
      else if (isConflictOf(error)) again.push(one);
      else if (error.code !== 11000) throw error.cause;
    }
    left = again;
    if (left.length > 0) await pauseBefore(attempt);
  }
  return inserted;
}

interface Failure extends WriteError {
  readonly cause: unknown;
}

async function tryAll(
  collection: ServerCollection,
  documents: readonly Stored[],
): Promise<readonly Failure[]> {
  try {
    // The client adds an `_id` to what it is given.
    await repeated(
      async () =>
        await collection.insertMany(
          documents.map((document) => ({ ...document })),
          { ordered: false },
        ),
    );
    return [];
  } catch (cause) {
    const failed = writeErrorsOf(cause);
    if (failed === undefined) throw cause;
    return failed.map((error) => ({ ...error, cause }));
  }
}

/** Inserts documents; when one is forbidden, what was inserted before it is removed again. */
export async function insertAll(
  collection: ServerCollection,
  documents: readonly Stored[],
): Promise<void> {
  const done: unknown[] = [];
  for (let from = 0; from < documents.length;) {
    const part = documents.slice(from).map((document) => ({ ...document }));
    try {
      await collection.insertMany(part, { ordered: true });
      return;
    } catch (error) {
      const [failed] = writeErrorsOf(error) ?? [];
      if (failed === undefined) throw error;
      done.push(...part.slice(0, failed.index).map(({ _id }) => _id));
      from += failed.index;
      if (isConflictOf(failed)) continue;
      if (done.length > 0) {
        await repeated(async () => await collection.deleteMany({ _id: { $in: done } } as object));
      }
      throw error;
    }
  }
}

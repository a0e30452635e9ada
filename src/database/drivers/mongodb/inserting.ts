import type { Filter as MongoFilter } from "mongodb";
import { isConflictOf, writeErrorsOf, type WriteError } from "./errors.ts";
import type { Key } from "./key.ts";
import type { Stored } from "./layout.ts";
import { inTurn, pauseBefore, repeated } from "./repeat.ts";
import type { ServerCollection } from "./server-collection.ts";

/** A document to insert: under an `_id` of its key, if it has one that is not in the way. */
interface Absent {
  readonly document: Stored;
  readonly place: number;
  readonly _id: string | undefined;
}

/**
 * Inserts those documents whose unique fields are free, in one command. Tells for each whether it was
 * inserted now.
 */
export async function insertAbsent(
  collection: ServerCollection,
  documents: readonly Stored[],
  key: Key | undefined,
): Promise<boolean[]> {
  const inserted = documents.map(() => false);
  let left = documents.map((document, place): Absent => {
    return { document, place, _id: key?.idOf(document) };
  });
  for (let attempt = 0; left.length > 0; attempt += 1) {
    const failed = await tryAll(
      collection,
      left.map(({ document, _id }) => (_id === undefined ? document : { _id, ...document })),
    );
    const errors = new Map(failed.map((error) => [error.index, error]));
    const taken: Absent[] = [];
    const again: Absent[] = [];
    for (const [i, one] of left.entries()) {
      const error = errors.get(i);
      if (error === undefined) inserted[one.place] = true;
      else if (isConflictOf(error)) again.push(one);
      else if (error.code !== 11000) throw error.cause;
      else if (one._id !== undefined) taken.push(one);
    }
    left = [...again, ...(await movedAway(collection, taken, key))];
    if (again.length > 0) await pauseBefore(attempt);
  }
  return inserted;
}

/** Those whose `_id` is taken by a document that has another key by now, to be inserted under any other. */
async function movedAway(
  collection: ServerCollection,
  taken: readonly Absent[],
  key: Key | undefined,
): Promise<Absent[]> {
  if (key === undefined || taken.length === 0) return [];
  const ids: readonly unknown[] = taken.map(({ _id }) => _id);
  const filter = { _id: { $in: ids } } as MongoFilter<Stored>;
  const projection = { _id: 1, ...Object.fromEntries(key.fields.map((field) => [field, 1])) };
  const found = await collection.find(filter, { projection, batchSize: 1000 }).toArray();
  const moved = new Set(
    (found as Stored[]).filter((one) => key.idOf(one) !== one["_id"]).map(({ _id }) => _id),
  );
  return taken
    .filter(({ _id }) => moved.has(_id))
    .map((one): Absent => ({ ...one, _id: undefined }));
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
  let isAgain = false;
  for (let from = 0; from < documents.length;) {
    const part = documents.slice(from).map((document) => ({ ...document }));
    const insert = async (): Promise<unknown> =>
      await collection.insertMany(part, { ordered: true });
    try {
      await (isAgain ? inTurn(collection, insert) : insert());
      return;
    } catch (error) {
      const [failed] = writeErrorsOf(error) ?? [];
      if (failed === undefined) throw error;
      done.push(...part.slice(0, failed.index).map(({ _id }) => _id));
      from += failed.index;
      isAgain = isConflictOf(failed);
      if (isAgain) continue;
      if (done.length > 0) {
        await repeated(async () => await collection.deleteMany({ _id: { $in: done } } as object));
      }
      throw error;
    }
  }
}

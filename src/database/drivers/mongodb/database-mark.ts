import type { Db, WriteConcernSettings } from "mongodb";
import { AssayError } from "../../../errors/assay-error.ts";
import type { CollectionDeclaration } from "../../contract.ts";
import { repeated } from "./repeat.ts";

/** How documents are laid out. Another number is another Assay's. */
const layoutVersion = 1;
const collectionName = "assay_database";
const markId = "assay";

interface Mark {
  readonly _id: string;
  readonly layout: number;
}

export interface OpenedDatabase {
  readonly db: Db;
  readonly prefix: string;
  readonly location: string;
  readonly writeConcern: WriteConcernSettings;
}

/**
 * Makes sure that a database is Assay's: marks an empty one. Throws `NOT_FOUND` when there is none and
 * `create` is false, `CONFLICT` when another program has collections of our names, `SCHEMA_NEWER`.
 */
export async function markDatabase(
  { db, prefix, location, writeConcern }: OpenedDatabase,
  collections: readonly CollectionDeclaration[],
  create: boolean,
): Promise<void> {
  // In this order: whoever makes the database marks it before there are collections.
  const present = await db.listCollections({}, { nameOnly: true }).toArray();
  const marks = db.collection<Mark>(prefix + collectionName, { readPreference: "primary" });
  const mark = await marks.findOne({ _id: markId });
  if (mark !== null) {
    if (mark.layout === layoutVersion) return;
    throw new AssayError(
      "SCHEMA_NEWER",
      `${location} keeps documents in form ${String(mark.layout)}, written by a newer Assay; this one knows form ${String(layoutVersion)}`,
      { details: { found: mark.layout, wanted: layoutVersion } },
    );
  }
  const ours = new Set(collections.map(({ name }) => prefix + name));
  const foreign = present.map(({ name }) => name).filter((name) => ours.has(name));
  if (foreign.length > 0) {
    throw new AssayError(
      "CONFLICT",
      `${location} has collections of another program under names that Assay uses (${foreign.join(", ")}); name another database in the URL`,
      { details: { location, collections: foreign } },
    );
  }
  if (!create) {
    throw new AssayError(
      "NOT_FOUND",
      `There is no Assay database at ${location} yet; "assay run" creates it`,
      { details: { location } },
    );
  }
  await repeated(async () => {
    await marks.updateOne(
      { _id: markId },
      { $setOnInsert: { layout: layoutVersion } },
      { upsert: true, writeConcern },
    );
  });
}

/** The server's time in milliseconds. */
export async function readServerTime(db: Db, prefix: string, location: string): Promise<number> {
  const marks = db.collection(prefix + collectionName, { readPreference: "primary" });
  const [found] = await marks
    .aggregate<{ readonly now: unknown }>([
      { $match: { _id: markId } },
      { $project: { _id: 0, now: "$$NOW" } },
    ])
    .toArray();
  if (found?.now instanceof Date) return found.now.getTime();
  throw new AssayError("STORAGE_UNAVAILABLE", `${location} was removed while it was in use`, {
    details: { location },
  });
}

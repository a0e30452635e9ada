import { createHash } from "node:crypto";
import { AssayError } from "../../../errors/assay-error.ts";
import type { CollectionDeclaration, IndexDeclaration } from "../../contract.ts";
import { indexName, isSameIndex } from "../../index-rule.ts";
import type { Catalog } from "./catalog.ts";
import { withFields, type StoredCollection, type StoredIndex } from "./layout.ts";
import { packMessage, type Packable } from "./message-pack.ts";
import { packPlan, toPlan } from "./plan.ts";
import { pageBudget, toCandidates } from "./reading.ts";
import type { Session } from "./session.ts";
import { packSlots, toSlots } from "./stored-document.ts";

/** The indexes that queries may use. */
export function readyIndexes(catalog: Catalog, collection: string): IndexDeclaration[] {
  const ready = catalog.collection(collection).indexes.filter(({ isReady }) => isReady);
  return ready.map(({ isReady: _, ...declaration }) => declaration);
}

/** Creates the collections, fields and indexes that are missing. */
export async function define(
  session: Session,
  collections: readonly CollectionDeclaration[],
): Promise<void> {
  await session.change((catalog) => {
    const stored = { ...catalog.stored };
    for (const { name, fields, indexes } of collections) {
      const before = withFields(catalog.collection(name), { fields });
      stored[name] = indexes.reduce((now, index) => withIndex(now, name, index), before);
    }
    return stored;
  });
  for (const { name, indexes } of collections) {
    for (const index of indexes) await buildIndex(session, name, index);
  }
}

/** Makes an index: from now on every write keeps it, and then the documents there get their entries. */
export async function ensureIndex(
  session: Session,
  collection: string,
  index: IndexDeclaration,
): Promise<void> {
  await changeIndexes(session, collection, (stored) => withIndex(stored, collection, index));
  await buildIndex(session, collection, index);
}

export async function dropIndex(
  session: Session,
  collection: string,
  index: IndexDeclaration,
): Promise<void> {
  await changeIndexes(session, collection, (stored) => ({
    ...stored,
    indexes: stored.indexes.filter((one) => indexName(one) !== indexName(index)),
  }));
}

async function changeIndexes(
  session: Session,
  name: string,
  change: (stored: StoredCollection) => StoredCollection,
): Promise<void> {
  await session.change((catalog) => ({
    ...catalog.stored,
    [name]: change(catalog.collection(name)),
  }));
}

function withIndex(
  stored: StoredCollection,
  collection: string,
  index: IndexDeclaration,
): StoredCollection {
  const known = stored.indexes.find((one) => indexName(one) === indexName(index));
  if (known !== undefined && isSameIndex(known, index)) return stored;
  if (known?.isReady === true) {
    throw new AssayError(
      "CONFLICT",
      `"${collection}" has another index named "${indexName(index)}"; drop it first`,
      { details: { collection, index: indexName(index) } },
    );
  }
  const others = stored.indexes.filter((one) => one !== known);
  return { ...stored, indexes: [...others, { ...index, isReady: false }] };
}

/** Gives all documents their entries in an index that is not ready yet. May be done by several at once. */
async function buildIndex(
  session: Session,
  collection: string,
  index: IndexDeclaration,
): Promise<void> {
  let from: Buffer | undefined;
  do {
    const catalog = await session.catalog();
    const { indexes } = catalog.collection(collection);
    const place = indexes.findIndex((one) => isSameIndex(one, index));
    if (place < 0 || indexes[place]?.isReady === true) return;
    const page = await buildPage(session, catalog, collection, place, from);
    if (page === "again") continue;
    if (page === "duplicate") {
      await dropIndex(session, collection, index);
      throw new AssayError(
        "DUPLICATE",
        `Documents of "${collection}" have the same ${index.fields.join(", ")}`,
        { details: { fields: index.fields } },
      );
    }
    from = page;
  } while (from !== undefined);
  await changeIndexes(session, collection, (stored) => ({
    ...stored,
    indexes: stored.indexes.map((one): StoredIndex =>
      isSameIndex(one, index) ? { ...one, isReady: true } : one,
    ),
  }));
}

/** Where to go on; "again" when documents, or the catalog, changed under it. */
async function buildPage(
  session: Session,
  catalog: Catalog,
  collection: string,
  place: number,
  from: Buffer | undefined,
): Promise<Buffer | undefined | "again" | "duplicate"> {
  const layout = catalog.layout(collection);
  const plan = packPlan(toPlan([], [], layout), [], { from });
  const data = layout.key;
  const reading = { kind: "read", data, operation: [plan, pageBudget, false] };
  const [read, results] = await session.run(catalog, [reading]);
  if (read === "stale") return "again";
  const [[, more, ...answered]] = results as [[number, Buffer, ...unknown[]]];
  const documents = toCandidates(layout, answered).flatMap(
    ({ id, bytes, document }): Packable[] => [
      id,
      createHash("sha1").update(bytes).digest("hex"),
      packSlots(toSlots(layout, document)),
    ],
  );
  const index = layout.indexes[place];
  const [built, changed] = await session.run(catalog, [
    { kind: "build", data, operation: [packMessage(index?.parts ?? false), documents] },
  ]);
  if (built === "duplicate") return built;
  if (built === "stale" || (changed as [[number]])[0][0] > 0) return "again";
  return more.length === 0 ? undefined : more;
}

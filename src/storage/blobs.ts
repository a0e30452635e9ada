import { createHash } from "node:crypto";
import type { Database, Document, Operation } from "../database/contract.ts";
import { AssayError } from "../errors/assay-error.ts";
import type { StorageContext } from "./context.ts";

/** Small enough for a document of any backend. */
const chunkBytes = 1 << 20;

export interface BlobIdentity {
  readonly sha256: string;
  readonly bytes: number;
}

/**
 * Beside its chunks content has a document that counts who has it, snapshots, artifacts and results: at 0 it is freed.
 * Content that was stored before there were counts has none, and stays as long as its experiment.
 */
export const countPlace: number = -1;

function countOf(experiment: unknown, sha256: unknown): Document {
  return { experiment, sha256, chunk: countPlace };
}

/** The chunks of some content, to be kept by `keepBlob`, and its identity. */
export function toChunks(
  experiment: number,
  content: Uint8Array,
): { readonly blob: BlobIdentity; readonly documents: readonly Document[] } {
  const sha256 = createHash("sha256").update(content).digest("hex");
  const documents: Document[] = [];
  for (let at = 0, chunk = 0; at < content.length; at += chunkBytes, chunk += 1) {
    documents.push({ experiment, sha256, chunk, data: content.subarray(at, at + chunkBytes) });
  }
  return { blob: { sha256, bytes: content.length }, documents };
}

/** The documents that store a chunk of content elsewhere, the first one with a count of nobody yet. */
export function movedChunk(experiment: number, { sha256, chunk, data }: Document): Document[] {
  const document = { experiment, sha256, chunk, data };
  return chunk === 0 ? [document, { ...countOf(experiment, sha256), users: 0 }] : [document];
}

/**
 * The operation that counts one more who has content, if the operation at `after` shows that it is a new one.
 */
export function countUser(experiment: number, sha256: unknown, after: number): Operation {
  const query = countOf(experiment, sha256);
  return { kind: "update", collection: "blobs", query, change: { increment: { users: 1 } }, after };
}

/**
 * The part of a batch that stores content where it is absent, for one more that has it.
 * @param base the place in the batch at which it begins
 */
export function keepBlob(
  experiment: number,
  identity: BlobIdentity,
  chunks: readonly Document[],
  base: number,
): Operation[] {
  const query = countOf(experiment, identity.sha256);
  const change = { increment: { users: 1 } };
  return [
    ...storeChunks(experiment, identity, chunks, base),
    { kind: "update", collection: "blobs", query, change },
  ];
}

/** The part of a batch that stores content where it is absent; who has it is still to be counted. */
export function storeChunks(
  experiment: number,
  { sha256 }: BlobIdentity,
  chunks: readonly Document[],
  base: number,
): Operation[] {
  const count = { ...countOf(experiment, sha256), users: 0 };
  const insert = { kind: "insert", collection: "blobs", ifAbsent: true } as const;
  return [
    { ...insert, documents: [...chunks] },
    // Together with the chunks or never: a count that began later would miss who had them before.
    { ...insert, documents: [count], after: base },
  ];
}

/**
 * The part of a batch that frees content when nobody has it any more. It has to be one transaction: whoever
 * stores the same content at this moment finds all of it or nothing.
 * @param had the place in the batch of the removal of one that had it
 * @param base the place in the batch at which it begins
 */
export function releaseBlob(
  { database }: StorageContext,
  { experiment, sha256 }: Document,
  had: number,
  base: number,
): Operation[] {
  if (!database.capabilities.atomicBatch) return [];
  const count = countOf(experiment, sha256);
  const chunks = { experiment, sha256, chunk: { $gte: 0 } };
  const collection = "blobs";
  return [
    {
      kind: "update",
      collection,
      query: count,
      change: { increment: { users: -1 } },
      after: had,
    },
    { kind: "remove", collection, query: { ...count, users: { $lte: 0 } }, after: base },
    { kind: "remove", collection, query: chunks, after: base + 1 },
  ];
}

/** Most content is one chunk: asking for two tells at once that none follows. */
const chunksAStep = 2;

/** A chunk of content that was read. */
export type Chunk = Document & { readonly data: Uint8Array };

/** The chunks of some content in order, up to the first that is missing. */
export async function* eachChunk(
  database: Database,
  { experiment, sha256 }: Document,
): AsyncGenerator<Chunk, void, undefined> {
  let next = 0;
  for (;;) {
    const page = await database.read(
      "blobs",
      { experiment, sha256, chunk: { $gte: next } },
      { sort: [{ field: "chunk" }], limit: chunksAStep },
    );
    for (const document of page) {
      const { chunk, data } = document;
      if (chunk !== next || !(data instanceof Uint8Array)) return;
      next += 1;
      yield { ...document, data };
    }
    if (page.length < chunksAStep) return;
  }
}

/** Reads content back; `CORRUPT`, naming it as `what`, when it is not what was written. */
export async function readBlob(
  { database }: Pick<StorageContext, "database">,
  experiment: number,
  sha256: string,
  what: string,
): Promise<Buffer> {
  const hash = createHash("sha256");
  const parts: Uint8Array[] = [];
  for await (const { data } of eachChunk(database, { experiment, sha256 })) {
    hash.update(data);
    parts.push(data);
  }
  if (hash.digest("hex") === sha256) return Buffer.concat(parts);
  throw new AssayError("CORRUPT", `The stored content of ${what} is damaged or incomplete`, {
    details: { what, sha256 },
  });
}

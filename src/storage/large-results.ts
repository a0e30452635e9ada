import type { Document, Operation } from "../database/contract.ts";
import type { LongText } from "../values/long-text.ts";
import { countUser, readBlob, storeChunks, toChunks, type BlobIdentity } from "./blobs.ts";
import { timestamp, type StorageContext } from "./context.ts";

/*
 * Large results are stored content: their whole text, in chunks with a checksum. In the document of the trial, or
 * of the attempt that it leaves behind, is an excerpt: the same text, in which the largest values are the tag
 * `{"$content":{"sha256":…,"bytes":…}}`, all with the identity of the whole. So numbers such as `accuracy` are
 * where queries and SQL look for them.
 *
 * What has the content is a document among the artifacts of the trial, under a name that no artifact can have. It
 * names only the content: results move from the trial to its attempts and to other databases, and it stays right.
 */

/** Results of up to so many characters are stored as they are. */
const mostText = 1 << 20;
/** Shorter values stay in the excerpt. */
const leastMoved = 1 << 14;
/** Short values alone may be so many characters, which are at most 12 MB: MongoDB holds 16 in a document. */
const mostExcerpt = 4 << 20;

/** No name of an artifact begins with "$". */
const ownerPrefix = "$results/";
const mark = '{"$content":{"sha256":"';

export interface LargeResults {
  /** What the document holds of them. */
  readonly excerpt: string;
  readonly blob: BlobIdentity;
  readonly chunks: readonly Document[];
}

/**
 * Splits results that are too large for a document; undefined for all others, which are stored as they are.
 * @param results a text of the codec, of a map
 */
export function splitResults(
  experiment: number,
  results: string | LongText,
): LargeResults | undefined {
  if (sizeOf(results) <= mostText) return undefined;
  const text = String(results);
  if (text.length <= mostText) return undefined;
  const { blob, documents } = toChunks(experiment, Buffer.from(text, "utf8"));
  const excerpt = excerptOf(text, blob);
  return excerpt === text ? undefined : { excerpt, blob, chunks: documents };
}

function sizeOf(text: string | LongText): number {
  return typeof text === "string" ? text.length : text.size;
}

function excerptOf(text: string, { sha256, bytes }: BlobIdentity): string {
  const tag = `${mark}${sha256}","bytes":${String(bytes)}}}`;
  const parsed = JSON.parse(text) as { readonly $object?: readonly (readonly unknown[])[] };
  // Where a key needs a tag, all of them are in pairs.
  const { $object: pairs } = parsed;
  const values = (pairs ?? Object.entries(parsed)).map(([key, value]) => ({
    key: JSON.stringify(key),
    value: JSON.stringify(value),
  }));
  let length = text.length;
  for (const entry of values.toSorted((a, b) => b.value.length - a.value.length)) {
    if (length <= mostText || entry.value.length < leastMoved) break;
    length += tag.length - entry.value.length;
    entry.value = tag;
  }
  if (length > mostExcerpt) return tag;
  return pairs === undefined
    ? `{${values.map(({ key, value }) => `${key}:${value}`).join(",")}}`
    : `{"$object":[${values.map(({ key, value }) => `[${key},${value}]`).join(",")}]}`;
}

/**
 * The part of a batch that stores what large results have beside their excerpt, once, however often it is repeated.
 * @param of the trial that has them
 * @param gate the operation at its beginning, which changes something only if the results will be written
 * @param base the place at which it begins
 */
export function keepLargeResults(
  context: StorageContext,
  of: { readonly experiment: number; readonly number: number },
  { blob, chunks }: LargeResults,
  gate: Operation,
  base: number,
): Operation[] {
  const { experiment, number } = of;
  const after = base;
  const content = storeChunks(experiment, blob, chunks, base + 1);
  const name = `${ownerPrefix}${blob.sha256}`;
  // Of no attempt: several may have found the same.
  const owner = { experiment, number, name, attempt: 0, createdAt: timestamp(context), ...blob };
  return [
    gate,
    ...content.map((operation) => ({ after, ...operation })),
    { kind: "insert", collection: "artifacts", documents: [owner], ifAbsent: true, after },
    countUser(experiment, blob.sha256, base + 1 + content.length),
  ];
}

/** Whether the name of a document among the artifacts is that of large results. */
export function isLargeResults(name: unknown): boolean {
  return typeof name === "string" && name.startsWith(ownerPrefix);
}

/** The hash of the content of a document's results; undefined when the document has all of them. */
export function contentOfResults({ results }: Document): string | undefined {
  if (typeof results !== "string") return undefined;
  // No string in JSON has an unescaped quote, and no key of a user begins with "$".
  const at = results.indexOf(mark);
  return at < 0 ? undefined : results.slice(at + mark.length, at + mark.length + 64);
}

/**
 * A trial or an attempt with all of its results in its document. `CORRUPT`, naming it as `what`, when the content is
 * not what was written.
 */
export async function withResults(
  context: Pick<StorageContext, "database">,
  document: Document,
  what: () => string,
): Promise<Document> {
  const sha256 = contentOfResults(document);
  if (sha256 === undefined) return document;
  const experiment = Number(document["experiment"]);
  const content = await readBlob(context, experiment, sha256, `the results of ${what()}`);
  return { ...document, results: content.toString("utf8") };
}

import { createHash } from "node:crypto";
import type { Database, Document } from "../../database/contract.ts";
import { AssayError } from "../../errors/assay-error.ts";
import { eachChunk } from "../blobs.ts";
import { isLargeResults } from "../large-results.ts";
import type { TrialParts } from "./parts.ts";

/** So many hashes are remembered; content that comes again later is passed on again, which changes nothing. */
const remembered = 20_000;

/** Hashes of contents that were passed on, the last ones. */
export class RecentHashes {
  readonly #hashes = new Set<string>();

  /** Whether a hash is new. */
  add(hash: string): boolean {
    if (this.#hashes.has(hash)) return false;
    if (this.#hashes.size >= remembered) this.#hashes.clear();
    this.#hashes.add(hash);
    return true;
  }

  delete(hash: string): void {
    this.#hashes.delete(hash);
  }
}

/** The snapshots, artifacts and large results of a trial: what has content. */
export function contentOwners({
  belonging: { snapshots, artifacts },
}: TrialParts): readonly Document[] {
  return [...snapshots, ...artifacts];
}

/**
 * The documents of the contents that a trial has, chunk by chunk, but for those that were passed on already.
 * Returns the one of these whose content is not as it was written, if there is one.
 */
export async function* contentsOf(
  database: Database,
  key: number,
  record: TrialParts,
  seen: RecentHashes,
): AsyncGenerator<Document, Document | undefined, undefined> {
  for (const owner of contentOwners(record)) {
    const sha256 = String(owner["sha256"]);
    if (!seen.add(sha256)) continue;
    const hash = createHash("sha256");
    for await (const chunk of eachChunk(database, { experiment: key, sha256 })) {
      hash.update(chunk.data);
      yield chunk;
    }
    if (hash.digest("hex") === sha256) continue;
    seen.delete(sha256);
    return owner;
  }
  return undefined;
}

export function damagedContent(owner: Document): AssayError {
  const { snapshot, name, number, sha256 } = owner;
  const what = isLargeResults(name)
    ? "the results"
    : typeof name === "string"
      ? `artifact "${name}"`
      : `snapshot ${String(Number(snapshot))}`;
  return new AssayError(
    "CORRUPT",
    `The stored content of ${what} of trial number ${String(Number(number))} is damaged or incomplete`,
    { details: { number, sha256 } },
  );
}

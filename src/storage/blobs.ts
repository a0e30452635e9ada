import { createHash } from "node:crypto";
import type { Document } from "../database/contract.ts";
import { AssayError } from "../errors/assay-error.ts";
import type { StorageContext } from "./context.ts";

/** Small enough for a document of any backend. */
const chunkBytes = 1 << 20;

export interface BlobIdentity {
  readonly sha256: string;
  readonly bytes: number;
}

/** The chunks of some content, to be inserted where they are absent, and its identity. */
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

/** Reads content back; `CORRUPT`, naming it as `what`, when it is not what was written. */
export async function readBlob(
  { database }: StorageContext,
  experiment: number,
  sha256: string,
  what: string,
): Promise<Buffer> {
  const hash = createHash("sha256");
  const parts: Uint8Array[] = [];
  for (let chunk = 0; ; chunk += 1) {
    const [document] = await database.read("blobs", { experiment, sha256, chunk });
    const data = document?.["data"];
    if (!(data instanceof Uint8Array)) break;
    hash.update(data);
    parts.push(data);
  }
  if (hash.digest("hex") === sha256) return Buffer.concat(parts);
  throw new AssayError("CORRUPT", `The stored content of ${what} is damaged or incomplete`, {
    details: { what, sha256 },
  });
}

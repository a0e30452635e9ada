import { promisify } from "node:util";
import type * as Zlib from "node:zlib";
import type { Document } from "../database/contract.ts";
import { AssayError } from "../errors/assay-error.ts";
import { decodeValue } from "../values/decode.ts";
import { encodeValue } from "../values/encode.ts";
import { isPlainObject } from "../values/plain.ts";
import { timestamp, type StorageContext } from "./context.ts";
import { textIn } from "./records.ts";

export interface CodeStore {
  /** Keeps a bundle under the hash that identifies it; once, however often it is saved. */
  saveCode(hash: string, bundle: unknown): Promise<void>;
  /** The bundle of a hash; undefined when it was never saved. `CORRUPT` when it cannot be read. */
  getCode(hash: string): Promise<unknown>;
}

/**
 * Longer texts of bundles, with tables of data in them perhaps, are stored as `{ gzip: bytes }`: a document of
 * MongoDB holds 16 MB, and a bundle has each of its files twice, once in its source map.
 */
const mostPlain = 1 << 20;
/** No text of JavaScript can be longer, whatever a few bytes claim to become. */
const mostUnpacked = 1 << 29;

export function createCodeStore(context: StorageContext): CodeStore {
  const { database } = context;
  return {
    async saveCode(hash, bundle) {
      const [known] = await database.read("code", { hash }, { select: ["hash"] });
      if (known !== undefined) return;
      const text = encodeValue(bundle, "bundle");
      const document = {
        hash,
        bundle: text.length > mostPlain ? await packed(text) : text,
        createdAt: timestamp(context),
      };
      await database.batch([
        { kind: "insert", collection: "code", documents: [document], ifAbsent: true },
      ]);
    },

    async getCode(hash) {
      const [document] = await database.read("code", { hash });
      return document === undefined ? undefined : bundleOf(document);
    },
  };
}

/** The bundle of a stored document. `CORRUPT` when it cannot be read. */
export function bundleOf(document: Document): unknown {
  const stored = decodeValue(textIn(document, "bundle"));
  const isPacked = isPlainObject(stored) && Object.keys(stored).join() === "gzip";
  const bytes = isPacked ? stored["gzip"] : undefined;
  return bytes instanceof Uint8Array ? decodeValue(unpacked(bytes, document)) : stored;
}

/** Not imported, as it takes a noticeable part of a short run to load. */
const zlib = (): typeof Zlib => process.getBuiltinModule("node:zlib");

async function packed(text: string): Promise<string> {
  return encodeValue({ gzip: new Uint8Array(await promisify(zlib().gzip)(text)) });
}

function unpacked(bytes: Uint8Array, { hash }: Document): string {
  try {
    return zlib().gunzipSync(bytes, { maxOutputLength: mostUnpacked }).toString("utf8");
  } catch (error) {
    throw new AssayError("CORRUPT", `The stored code ${String(hash)} cannot be unpacked`, {
      details: { hash },
      cause: error,
    });
  }
}

import type { MongodbDatabase } from "../database/mongodb-client.ts";
import { AssayError } from "../errors/assay-error.ts";
import { parseStorageUrl, type StorageLocation } from "./storage-url.ts";

/**
 * What a storage can be opened by: its URL, or a client of a server that the caller made and closes itself.
 * The client's package is the caller's; what of it is used is in the folder of the driver.
 */
export type StorageSource = string | ClientSource;

/** A client with what in its server is Assay's. */
export type ClientSource =
  | { readonly postgres: object; readonly schema?: string }
  | { readonly redis: object; readonly prefix?: string }
  | { readonly mongodb: MongodbDatabase; readonly prefix?: string };

/** Reads a source. Throws `INVALID_VALUE` when it is neither a URL nor names a client. */
export function parseStorageSource(source: StorageSource): StorageLocation | ClientSource {
  if (typeof source === "string") return parseStorageUrl(source);
  if ("postgres" in source || "redis" in source || "mongodb" in source) return source;
  throw new AssayError(
    "INVALID_VALUE",
    "A storage is opened by a URL, or by a client as { postgres: pool }, { redis: client } or { mongodb: db }",
  );
}

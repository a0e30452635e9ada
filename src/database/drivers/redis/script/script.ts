import { createHash } from "node:crypto";
import { conditions } from "./conditions.ts";
import { find } from "./find.ts";
import { operations } from "./operations.ts";
import { values } from "./values.ts";
import { write } from "./write.ts";

/**
 * The script that carries out every operation, in one piece: nobody sees its middle, and what it cannot carry
 * out to its end it undoes.
 *
 * `KEYS[1]` is the catalog. `ARGV` is the version of the catalog that the caller knows, a message
 * `[collections, operations]`, and the documents to insert. It answers `["stale"]` when the catalog is another,
 * `["done", results]`, or why it was undone: `[reason, place of the operation, …]`.
 */
export const script: string = values + conditions + find + write + operations;

export const scriptHash: string = createHash("sha1").update(script).digest("hex");

import { createHash } from "node:crypto";
import { batch } from "./batch.ts";
import { conditions } from "./conditions.ts";
import { find } from "./find.ts";
import { operations } from "./operations.ts";
import { scan } from "./scan.ts";
import { update } from "./update.ts";
import { values } from "./values.ts";
import { write } from "./write.ts";

export interface Script {
  readonly text: string;
  readonly sha1: string;
}

function toScript(...parts: readonly string[]): Script {
  const text = parts.join("");
  return { text, sha1: createHash("sha1").update(text).digest("hex") };
}

/**
 * The script that carries out every operation, in one piece: nobody sees its middle, and what it cannot carry
 * out to its end it undoes.
 *
 * `KEYS[1]` is the catalog. `ARGV` is the version of the catalog that the caller knows, the batches, and the
 * documents to insert. It answers nothing when the catalog is another, else for each batch `["done", results]`,
 * or why it was undone: `[reason, place of the step, …]`.
 */
export const script: Script = toScript(
  values,
  conditions,
  write,
  find,
  scan,
  update,
  operations,
  batch,
);

/** The part of it for batches of nothing but updates and claims by an index: a script is set up at each call. */
export const updateScript: Script = toScript(values, conditions, write, find, update, batch);

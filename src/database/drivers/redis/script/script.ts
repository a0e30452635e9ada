import { createHash } from "node:crypto";
import { attempt } from "./attempt.ts";
import { batch } from "./batch.ts";
import { conditions } from "./conditions.ts";
import { find } from "./find.ts";
import { operations } from "./operations.ts";
import { scan } from "./scan.ts";
import { shapes } from "./shapes.ts";
import { together } from "./together.ts";
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
 * `KEYS[1]` is the catalog. `ARGV` is the version of the catalog that the caller knows, the steps of a batch, and
 * the documents to insert. It answers nothing when the catalog is another, else `["done", results]`, or why the
 * batch was undone: `[reason, place of the step, …]`; in a list, as the other script does.
 */
export const script: Script = toScript(
  values,
  conditions,
  write,
  find,
  scan,
  update,
  operations,
  attempt,
  batch,
);

/**
 * The script for batches of nothing but updates and claims by an index, of which many come together (`together.ts`).
 * It answers nothing when the catalog is another, else for each batch `["done", count, documents returned, count, …]`
 * or why it was undone.
 */
export const updateScript: Script = toScript(
  values,
  conditions,
  write,
  find,
  update,
  attempt,
  shapes,
  together,
);

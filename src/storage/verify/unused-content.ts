import type { Database } from "../../database/contract.ts";
import { eachInOrder } from "./in-order.ts";

/** So many contents are looked for at once. */
const hashesAtOnce = 20_000;

/**
 * How many stored contents no snapshot, artifact or result of an experiment refers to: replaced artifacts, and what
 * trials left that were deleted.
 */
export async function countUnusedContent(database: Database, experiment: number): Promise<number> {
  let unused = 0;
  for await (const hashes of unusedContent(database, experiment)) unused += hashes.size;
  return unused;
}

/** The hashes of these contents, some thousands at a time. */
export async function* unusedContent(
  database: Database,
  experiment: number,
): AsyncGenerator<Set<string>, void, undefined> {
  for await (const hashes of hashesOf(database, experiment)) {
    for await (const hash of hashesInUse(database, experiment)) hashes.delete(hash);
    if (hashes.size > 0) yield hashes;
  }
}

async function* hashesOf(
  database: Database,
  experiment: number,
): AsyncGenerator<Set<string>, void, undefined> {
  let hashes = new Set<string>();
  let after = "";
  for (;;) {
    const page = await database.read(
      "blobs",
      { experiment, sha256: { $gt: after } },
      { sort: [{ field: "sha256" }], limit: 1000, select: ["sha256"] },
    );
    for (const { sha256 } of page) hashes.add(sha256 as string);
    after = (page.at(-1)?.["sha256"] as string | undefined) ?? after;
    if (page.length < 1000) break;
    if (hashes.size < hashesAtOnce) continue;
    yield hashes;
    hashes = new Set();
  }
  if (hashes.size > 0) yield hashes;
}

/** The hashes that snapshots, artifacts and large results of an experiment refer to; some more than once. */
export async function* hashesInUse(
  database: Database,
  experiment: number,
): AsyncGenerator<string, void, undefined> {
  for (const [collection, field] of [
    ["snapshots", "snapshot"],
    ["artifacts", "name"],
  ] as const) {
    const documents = eachInOrder(database, {
      collection,
      where: { experiment },
      by: ["number", field],
      from: -Infinity,
      pageSize: 1000,
      select: ["number", field, "sha256"],
    });
    for await (const { sha256 } of documents) if (typeof sha256 === "string") yield sha256;
  }
}

import type { Database, Document, Operation } from "../../database/contract.ts";
import { countPlace } from "../blobs.ts";
import { hashesInUse, unusedContent } from "../verify/unused-content.ts";

const contentsABatch = 200;

/** A count of who has some content that no release ever brings down to nobody. */
const held = 2 ** 40;

/**
 * Frees stored content that no snapshot, artifact or result of an experiment refers to. Returns how many contents.
 *
 * Others may be storing the same content meanwhile. So it is counted first, if it was not: from then on whoever
 * stores it changes the count, and who did before is seen by looking once more. It goes only with the count as
 * it was before that look. That needs batches that are one step; elsewhere nothing is freed.
 */
export async function freeUnusedContent(database: Database, experiment: number): Promise<number> {
  if (!database.capabilities.atomicBatch) return 0;
  let freed = 0;
  for await (const hashes of unusedContent(database, experiment)) {
    const counts = await holdContents(database, experiment, [...hashes]);
    for await (const hash of hashesInUse(database, experiment)) {
      const count = counts.get(hash);
      if (count === undefined) continue;
      counts.delete(hash);
      // It is counted no more, as before: then it stays as long as its experiment.
      if (count.isOurs) await database.remove("blobs", countOf(experiment, hash));
    }
    freed += await removeContents(database, experiment, counts);
  }
  return freed;
}

interface HeldCount {
  readonly users: unknown;
  /** Whether there was no count before. */
  readonly isOurs: boolean;
}

function countOf(experiment: number, sha256: string): Document {
  return { experiment, sha256, chunk: countPlace };
}

async function holdContents(
  database: Database,
  experiment: number,
  hashes: readonly string[],
): Promise<Map<string, HeldCount>> {
  const counts = new Map<string, HeldCount>();
  for (const part of parts(hashes)) {
    const outcome = await database.batch(
      part.map((hash) => ({
        kind: "insert",
        collection: "blobs",
        documents: [{ ...countOf(experiment, hash), users: held }],
        ifAbsent: true,
      })),
    );
    for (const [i, hash] of part.entries()) {
      const isOurs = outcome.applied && (outcome.results[i]?.count ?? 0) > 0;
      const [count] = await database.read("blobs", countOf(experiment, hash));
      if (count !== undefined) counts.set(hash, { users: count["users"], isOurs });
    }
  }
  return counts;
}

async function removeContents(
  database: Database,
  experiment: number,
  counts: ReadonlyMap<string, HeldCount>,
): Promise<number> {
  let removed = 0;
  for (const part of parts([...counts])) {
    const operations = part.flatMap(([sha256, { users }], i): Operation[] => [
      {
        kind: "remove",
        collection: "blobs",
        query: { ...countOf(experiment, sha256), users: users ?? null },
      },
      {
        kind: "remove",
        collection: "blobs",
        query: { experiment, sha256, chunk: { $gte: 0 } },
        after: 2 * i,
      },
    ]);
    const outcome = await database.batch(operations);
    if (!outcome.applied) continue;
    removed += part.filter((_, i) => (outcome.results[2 * i]?.count ?? 0) > 0).length;
  }
  return removed;
}

function* parts<Item>(items: readonly Item[]): Generator<readonly Item[], void> {
  for (let from = 0; from < items.length; from += contentsABatch) {
    yield items.slice(from, from + contentsABatch);
  }
}

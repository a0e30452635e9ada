import type { Database } from "../../database/contract.ts";
import { ownedCollections } from "../schema.ts";

/** The fields that a counter gives numbers to. */
const numbered: readonly (readonly [
  counter: string,
  fields: readonly (readonly [string, string])[],
])[] = [
  // Also of experiments that are gone: nothing that is left of them may become another one's.
  [
    "experiment",
    [
      ["experiments", "key"],
      ...ownedCollections.map((name): readonly [string, string] => [name, "experiment"]),
    ],
  ],
  ["run", [["runs", "number"]]],
];

/** Raises the counters that lie behind what they have given out. Returns how many; they never go back. */
export async function raiseCounters(database: Database): Promise<number> {
  let raised = 0;
  for (const [name, fields] of numbered) {
    const value = await greatest(database, fields);
    if (value === 0) continue;
    const outcome = await database.batch([
      { kind: "insert", collection: "counters", documents: [{ name, value }], ifAbsent: true },
      {
        kind: "update",
        collection: "counters",
        query: { name, value: { $lt: value } },
        change: { set: { value } },
      },
      {
        kind: "update",
        collection: "counters",
        query: { name, value: null },
        change: { set: { value } },
      },
    ]);
    if (outcome.applied && outcome.results.some(({ count }) => count > 0)) raised += 1;
  }
  return raised;
}

async function greatest(
  database: Database,
  fields: readonly (readonly [collection: string, field: string])[],
): Promise<number> {
  let value = 0;
  for (const [collection, field] of fields) {
    const [last] = await database.read(
      collection,
      { [field]: { $gt: -Infinity } },
      { sort: [{ field, descending: true }], limit: 1, select: [field] },
    );
    value = Math.max(value, Number(last?.[field] ?? 0));
  }
  return value;
}

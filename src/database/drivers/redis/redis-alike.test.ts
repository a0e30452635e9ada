import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { serverUrl } from "../../../../test/support/servers/server-url.ts";
import { canonicalText } from "../../../values/canonical.ts";
import { encodeValue } from "../../../values/encode.ts";
import type {
  BatchOutcome,
  Change,
  CollectionDeclaration,
  Database,
  Document,
  Operation,
  Query,
  SortKey,
} from "../../contract.ts";
import { ManagedDatabase } from "../../managed-database.ts";
import { openMemory } from "../memory/open.ts";
import { redisOpener } from "./open.ts";

const server = serverUrl("Redis");

const collections: readonly CollectionDeclaration[] = [
  {
    name: "items",
    fields: {
      group: "integer",
      place: "integer",
      weight: "real",
      label: "text",
      params: "encoded",
    },
    indexes: [
      { fields: ["group", "place"], unique: true },
      { fields: ["group", "weight", "place"], sparse: "weight" },
      { fields: ["group", "label", "place"] },
      { fields: ["label"], unique: true, sparse: "label" },
    ],
  },
];

const numbers = fc.constantFrom(0, 1, 2, 3, -1, 0.1, 1e300, -2.5, 2 ** 53 - 1, 1 / 3);
const texts = fc.constantFrom("", "a", "ab", "b", "é", "😀", "\uffff", "Z");
const anything = fc.oneof(
  numbers,
  texts,
  fc.constantFrom<unknown>(null, true, NaN, 1n, new Date(0), [1], { a: 1 }),
);
const group = fc.constantFrom(1, 2);
const place = fc.integer({ min: 0, max: 5 });

/** Some of the fields of an item, and one that nobody declared. */
const fields = fc.record(
  {
    weight: numbers,
    label: texts,
    params: anything.map((value) => encodeValue({ x: value })),
    extra: anything,
  },
  { requiredKeys: [] },
);
const item: fc.Arbitrary<Document> = fc
  .tuple(fc.record({ group, place }), fields)
  .map(([key, rest]) => ({ ...key, ...rest }));

const range = fc.oneof(
  numbers,
  fc.record({ $gte: numbers }),
  fc.record({ $gt: numbers, $lte: numbers }),
  fc.record({ $in: fc.array(fc.oneof(numbers, fc.constant(null)), { maxLength: 3 }) }),
  fc.record({ $ne: numbers }),
  fc.record({ $exists: fc.boolean() }),
  fc.constant(null),
);
const query: fc.Arbitrary<Query> = fc.record(
  {
    group: fc.oneof(group, fc.record({ $in: fc.array(group) })),
    place: range,
    weight: range,
    label: fc.oneof(
      texts,
      fc.record({ $gt: texts }),
      fc.record({ $lte: texts }),
      fc.constant(null),
    ),
    extra: fc.oneof(
      range,
      anything.filter((value) => typeof value !== "object" || value === null),
    ),
    "params.x": range,
  },
  { requiredKeys: [] },
);
const change: fc.Arbitrary<Change> = fc.record(
  {
    set: fields,
    unset: fc.subarray(["weight", "label", "extra"]),
    increment: fc.record({ weight: numbers, extra: numbers }, { requiredKeys: [] }),
    append: fc.record({ list: anything }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);
/** An order in which no two items are equal: equal ones may come in any. */
const sort: fc.Arbitrary<readonly SortKey[]> = fc
  .tuple(fc.constantFrom("weight", "label", "extra", "group"), fc.boolean(), fc.boolean())
  .map(([field, descending, other]) => [
    { field, descending },
    { field: "group", descending: other },
    { field: "place", descending: other },
  ]);

const base = { collection: "items", scan: true } as const;
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({
    kind: fc.constant("insert" as const),
    collection: fc.constant("items"),
    documents: fc.array(item, { minLength: 1, maxLength: 6 }),
    ifAbsent: fc.boolean(),
  }),
  fc.record({ query, change }).map((rest) => ({ kind: "update" as const, ...base, ...rest })),
  fc.record({ query }).map((rest) => ({ kind: "remove" as const, ...base, ...rest })),
  fc
    .record({ query, change, sort, limit: fc.integer({ min: 0, max: 3 }) })
    .map((rest) => ({ kind: "readAndWrite" as const, ...base, ...rest })),
);
const batch: fc.Arbitrary<readonly Operation[]> = fc
  .array(fc.tuple(operation, fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 4 })
  .map((parts) =>
    parts.map(([one, required, isAfter], i): Operation => ({
      ...one,
      ...(required && i > 0 ? { required } : {}),
      ...(isAfter && i > 0 ? { after: i - 1 } : {}),
    })),
  );

const refusals: readonly string[] = ["DUPLICATE", "INVALID_QUERY", "INVALID_VALUE"];

/**
 * What a batch came to, in a form that compares. Which of several errors is told is up to the order in which
 * documents are looked at.
 */
async function outcomeOf(database: Database, operations: readonly Operation[]): Promise<string> {
  const outcome = await database.batch(operations).then(
    (done: BatchOutcome): unknown => done,
    (error: unknown) => ({
      isRefused: refusals.includes(String((error as { code: unknown }).code)),
    }),
  );
  return canonicalText(outcome);
}

async function everything(database: Database): Promise<string> {
  const order = [{ field: "group" }, { field: "place" }];
  return canonicalText(await database.read("items", {}, { sort: order, scan: true }));
}

describe.skipIf(server === undefined)("Redis", () => {
  test("whatever is written and asked, the answer is that of the default storage", async () => {
    const open = redisOpener({ url: `${String(server)}?prefix=${randomUUID()}` });
    const redis = new ManagedDatabase(await open(true));
    const memory = new ManagedDatabase(await openMemory(collections));
    for (const database of [redis, memory]) await database.define(collections);
    await fc.assert(
      fc.asyncProperty(
        fc.array(batch, { maxLength: 5 }),
        fc.array(query),
        sort,
        async (batches, queries, order) => {
          for (const database of [redis, memory])
            await database.remove("items", {}, { scan: true });
          for (const operations of batches) {
            const [here, there] = [
              await outcomeOf(redis, operations),
              await outcomeOf(memory, operations),
            ];
            expect(here).toBe(there);
            expect(await everything(redis)).toBe(await everything(memory));
          }
          for (const one of queries) {
            const options = { sort: order, limit: 3, scan: true };
            expect(canonicalText(await redis.read("items", one, options))).toBe(
              canonicalText(await memory.read("items", one, options)),
            );
            const count = await redis.count("items", one, { scan: true });
            expect(count).toBe(await memory.count("items", one, { scan: true }));
          }
        },
      ),
      { numRuns: 150 },
    );
    for (const database of [redis, memory]) await database.close();
  });
});

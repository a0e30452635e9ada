import { expect, test } from "vitest";
import { openMemory } from "../../database/drivers/memory/open.ts";
import { ManagedDatabase } from "../../database/managed-database.ts";
import { collect } from "../../testing/storage/fixtures.ts";
import { collections } from "../schema.ts";
import { eachInOrder } from "./in-order.ts";

test.each([1, 2, 3, 5, 100])("documents come in order, once each, %i a page", async (pageSize) => {
  const database = new ManagedDatabase(await openMemory(collections));
  await database.define(collections);
  const keys: number[][] = [];
  for (const number of [-1, 0, 4]) {
    for (const attempt of [1, 2]) {
      for (const chunk of [0, 1, 2]) keys.push([number, attempt, chunk]);
    }
  }
  const documents = keys.map(([number, attempt, chunk]) => ({ number, attempt, chunk }));
  for (const experiment of [1, 2, 3]) {
    const shuffled = documents.toReversed().map((document) => ({ ...document, experiment }));
    await database.write("metrics", shuffled);
  }
  const read = eachInOrder(database, {
    collection: "metrics",
    where: { experiment: 2 },
    by: ["number", "attempt", "chunk"],
    from: -Infinity,
    pageSize,
    select: ["number", "attempt", "chunk"],
  });
  expect(await collect(read)).toEqual(documents);
  await database.close();
});

import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import { interposedDatabase } from "../../test/support/interposed.ts";
import { oneByOne } from "../../test/support/one-by-one.ts";
import { claimed, gridSpec, storedGrid } from "../testing/storage/fixtures.ts";
import { decodeValue } from "../values/decode.ts";
import { encodeValue } from "../values/encode.ts";
import { StoredContent } from "../values/stored-content.ts";
import { contentOfResults, splitResults } from "./large-results.ts";
import type { ClaimedTrial } from "./leases.ts";
import { openStorage } from "./open-storage.ts";
import { createStorage, type Storage } from "./storage.ts";
import { verifyDatabase } from "./verify-database.ts";

const results = { loss: 0.5, text: "large ".repeat(200_000) };

/** A handle without atomic batches whose process ends after so many operations. */
function endingAfter({ database, leaseMs }: Storage, operations: number): Storage {
  let left = operations;
  const ending = interposedDatabase(database, (method) => {
    if (method === "batch" && (left -= 1) < 0) throw new Error("ended");
  });
  return createStorage({ database: oneByOne(ending), leaseMs, wallClock: () => new Date() });
}

type Completion = (storage: Storage, claim: ClaimedTrial) => Promise<unknown>;

const completions: readonly (readonly [string, Completion])[] = [
  ["a worker reports", async (storage, claim) => await report(storage, claim)],
  ["a person gives", async (storage, { id }) => await storage.completeTrial(id, results)],
  [
    "a trial is inserted with",
    async (storage) => {
      await storage.registerTrial("other", { x: 1, fixed: "constant" }, { results });
    },
  ],
];

async function report(storage: Storage, trial: ClaimedTrial): Promise<void> {
  const [startedAt, endedAt] = ["2026-01-01T00:00:00.000Z", "2026-01-01T00:00:01.000Z"];
  const text = encodeValue(results);
  await storage.commitReports([
    { kind: "started", trial, startedAt, worker: "w", run: "r" },
    { kind: "finished", trial, status: "completed", results: text, objective: 0.5, endedAt },
  ]);
}

test.each(completions)(
  "large results that %s are whole or absent, wherever it is cut off",
  async (_, complete) => {
    for (let operations = 0, isCutOff = true; isCutOff; operations += 1) {
      await using storage = await openStorage("memory:");
      const grid = await storedGrid(storage, 1);
      const other = await storage.createExperiment(gridSpec(2, { name: "other" }));
      const claim = await claimed(storage, grid);
      isCutOff = await complete(endingAfter(storage, operations), claim).then(
        () => false,
        () => true,
      );
      const next = endingAfter(storage, Infinity);
      // Whoever comes next stores the trials that are pending.
      await next.readCursor(other);
      expect((await verifyDatabase(next)).problems).toEqual([]);
      const trials = [...(await next.getTrials(grid)), ...(await next.getTrials(other))];
      const completed = trials.filter(({ status }) => status === "completed");
      expect(completed.every((trial) => isDeepStrictEqual(trial.results, results))).toBe(true);
      if (isCutOff) continue;
      expect(completed).toHaveLength(1);
      expect(operations).toBeGreaterThan(5);
    }
  },
);

test("of large results the large values are elsewhere, as few as need be", () => {
  const [half, quarter] = ["h".repeat(1 << 19), "q".repeat(1 << 18)];
  const text = encodeValue({ half, loss: NaN, quarter, again: quarter, last: quarter, n: 1 });
  const large = splitResults(1, text);
  const excerpt = large?.excerpt ?? "";
  expect(large?.blob.bytes).toBe(text.length);
  const elsewhere = new StoredContent(large?.blob.sha256 ?? "", text.length);
  const read = { half: elsewhere, loss: NaN, quarter, again: quarter, last: quarter, n: 1 };
  expect(decodeValue(excerpt)).toEqual(read);
  expect(encodeValue(decodeValue(excerpt))).toBe(excerpt);
  expect(contentOfResults({ results: excerpt })).toBe(large?.blob.sha256);
});

test("results that only look as if they were elsewhere are as they are", () => {
  const tag = '{"$content":{"sha256":"abc","bytes":1}}';
  const content = { sha256: "abc", bytes: 1 };
  for (const value of [
    { text: tag },
    { $content: content },
    { list: ["{", "$content", content] },
  ]) {
    const text = encodeValue(value);
    expect(splitResults(1, text)).toBeUndefined();
    expect(contentOfResults({ results: text })).toBeUndefined();
    expect(decodeValue(text)).toEqual(value);
  }
});

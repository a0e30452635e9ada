import { expect, test } from "vitest";
import { storedGrid } from "../../testing/storage/fixtures.ts";
import { openStorage } from "../open-storage.ts";
import { verifyDatabase } from "../verify-database.ts";
import type { VerifyProgress } from "./verification.ts";

test("what a deletion left behind is a remark, not a problem", async () => {
  const storage = await openStorage("memory:");
  const { key } = await storedGrid(storage, 3);
  const hidden = { set: { deletedName: "grid", deletedAt: "now" }, unset: ["name"] };
  await storage.database.write("experiments", hidden, { key });
  expect(await verifyDatabase(storage)).toMatchObject({
    checked: { experiments: 0, trials: 0 },
    problems: [],
    remarks: [
      {
        kind: "deleted",
        experiment: "grid",
        message: "It was deleted, and 3 documents of it are still to be swept",
      },
    ],
  });
  await storage.close();
});

test("what a copy that was cut off left is a remark, and nobody sees it", async () => {
  const storage = await openStorage("memory:");
  const { key } = await storedGrid(storage, 3);
  const hidden = { set: { transfer: '{"of":"other","name":"grid"}' }, unset: ["name"] };
  await storage.database.write("experiments", hidden, { key });
  expect(await storage.fetchExperiments()).toEqual([]);
  expect(await storage.getExperiments()).toEqual([]);
  expect(await verifyDatabase(storage)).toMatchObject({
    checked: { experiments: 0, trials: 0 },
    problems: [],
    remarks: [{ kind: "unfinished", experiment: "grid" }],
  });
  await storage.close();
});

test("content that nothing refers to any more is a remark", async () => {
  const storage = await openStorage("memory:");
  const experiment = await storedGrid(storage, 2);
  const [kept] = await storage.getTrialIds(experiment);
  await storage.saveArtifact(kept!, "model", Buffer.from("kept"));
  // As content is left that was stored before it was counted who has it.
  const { database } = storage;
  for (const sha256 of ["a".repeat(64), "b".repeat(64)]) {
    const data = new Uint8Array([1]);
    await database.write("blobs", { experiment: experiment.key, sha256, chunk: 0, data });
  }
  expect(await verifyDatabase(storage)).toMatchObject({
    problems: [],
    remarks: [
      {
        kind: "unused-content",
        experiment: "grid",
        message: "Nothing refers any more to 2 stored contents",
      },
    ],
  });
  await storage.close();
});

test("trials beyond a limit that was lowered are a remark", async () => {
  const storage = await openStorage("memory:");
  const experiment = await storedGrid(storage, 3);
  await storage.updateExperiment(experiment, { maxTrials: 2 });
  const { problems, remarks } = await verifyDatabase(storage);
  expect(problems).toEqual([]);
  expect(remarks).toMatchObject([
    { kind: "over-limit", message: "3 trials hold a place, and maxTrials is 2" },
  ]);
  await storage.close();
});

test("of many problems the first thousand are kept, and all are counted", async () => {
  const storage = await openStorage("memory:");
  const { key } = await storedGrid(storage, 1500);
  await storage.database.write("trials", { set: { seed: 0 } }, { experiment: key });
  const { problems, problemCount } = await verifyDatabase(storage);
  expect([problems.length, problemCount]).toEqual([1000, 1500]);
  expect(problems[999]).toMatchObject({ invariant: "trial-seed", number: 999 });
  await storage.close();
});

test("one experiment can be verified alone, with progress", async () => {
  const storage = await openStorage("memory:");
  await storedGrid(storage, 2500);
  const { key } = await storedGrid(storage, 3, { name: "other" });
  await storage.database.write("trials", { set: { seed: 0 } }, { experiment: key });
  const seen: VerifyProgress[] = [];
  const onProgress = (progress: VerifyProgress): void => void seen.push(progress);
  const { problems, checked } = await verifyDatabase(storage, { experiment: "grid", onProgress });
  expect(problems).toEqual([]);
  expect(checked).toMatchObject({ experiments: 1, trials: 2500 });
  expect(seen).toEqual([0, 1000, 2000].map((trials) => ({ stage: "grid", trials, total: 2500 })));
  await expect(verifyDatabase(storage, { experiment: "gird" })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
  await storage.close();
});

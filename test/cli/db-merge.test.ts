import { openStorage, type Storage } from "assay";
import { describe, expect, test } from "vitest";
import { expectVerified, movableStorage, type MovableStorage } from "../support/movable-storage.ts";
import { onEachTarget, type FreshTarget } from "../support/transfer-targets.ts";

/** A storage whose copy went on by itself: trial 11 completed there, and trial 0 found something else. */
async function parted(fresh: FreshTarget): Promise<MovableStorage & { readonly primary: string }> {
  const moved = await movableStorage();
  const primary = fresh(moved.folder);
  await moved.json(["db", "copy", moved.url, primary, "sweep"]);
  await using_(moved.url, async (storage) => {
    const ids = await storage.getTrialIds("sweep@1");
    await storage.completeTrial(ids[11]!, { loss: 11 });
    await storage.markTrialIncomplete(ids[0]!);
    await storage.completeTrial(ids[0]!, { loss: -1 });
  });
  return { ...moved, primary };
}

async function using_(url: string, act: (storage: Storage) => Promise<void>): Promise<void> {
  const storage = await openStorage(url, { create: false });
  await act(storage);
  await storage.close();
}

async function lossesOf(url: string): Promise<unknown[]> {
  let losses: unknown[] = [];
  await using_(url, async (storage) => {
    losses = (await storage.getTrials("sweep@1")).map(({ results }) => results?.["loss"]);
  });
  return losses;
}

describe("assay db merge", () => {
  onEachTarget((fresh) => {
    test("brings in what the primary lacks, lists what differs, and does it once", async () => {
      const { url, primary, run } = await parted(fresh);
      const differs =
        "1 trial completed with different results; the primary's were kept:\n" +
        '  sweep#0: {"loss": 0} and {"loss": -1}\n';
      expect(await run(["db", "merge", primary, url])).toEqual({
        code: 0,
        stdout: "",
        stderr: `sweep: results of 1 trial taken\nsweep@2: nothing new\nother: new, with 2 trials\n${differs}`,
      });
      const losses = [0, undefined, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
      expect(await lossesOf(primary)).toEqual(losses);
      await expectVerified(primary, ["other@1", "sweep@1", "sweep@2"]);
      expect((await run(["db", "merge", primary, url])).stderr).toBe(
        `sweep: nothing new\nsweep@2: nothing new\nother: nothing new\n${differs}`,
      );
      expect(await lossesOf(primary)).toEqual(losses);
      await expectVerified(primary);
    });

    test("takes what differs when it is told to, or refuses to merge at all", async () => {
      const { url, primary, run, json } = await parted(fresh);
      const { code, stderr } = await run(["db", "merge", primary, url, "--on-difference", "fail"]);
      expect([code, stderr]).toEqual([
        1,
        expect.stringMatching(/^assay: 1 trial .* the first is sweep#0; nothing was changed\n$/),
      ]);
      await expectVerified(primary, ["sweep@1", "sweep@2"]);
      expect((await lossesOf(primary))[11]).toBeUndefined();
      expect(await json(["db", "merge", primary, url, "--on-difference", "take"])).toMatchObject({
        experiments: [
          { name: "sweep", version: 1, outcome: "merged", added: 0, taken: 2 },
          { name: "sweep", version: 2, outcome: "merged", added: 0, taken: 0 },
          { name: "other", outcome: "moved", added: 2 },
        ],
        differences: [
          { experiment: "sweep", number: 0, primary: { loss: 0 }, secondary: { loss: -1 } },
        ],
        differenceCount: 1,
      });
      expect((await lossesOf(primary))[0]).toBe(-1);
      await expectVerified(primary);
    });

    test("names an experiment that is defined in another way, and where; nothing is merged", async () => {
      const { folder, url, run } = await movableStorage();
      const primary = fresh(folder);
      const { choice, createSpace } = await import("assay");
      const storage = await openStorage(primary);
      await storage.createExperiment({ name: "sweep", space: createSpace({ x: choice([1, 2]) }) });
      const { location } = storage;
      await storage.close();
      const { code, stderr } = await run(["db", "merge", primary, url]);
      expect(code).toBe(1);
      const [first, ...differences] = stderr.trimEnd().split("\n");
      expect(first).toBe(
        `assay: "sweep" in ${location} and in ${folder.path("source.db")} have different parameters; nothing was changed`,
      );
      expect(differences).toEqual([
        expect.stringMatching(/^ {2}x: choice/),
        "  objective: none became minimize loss",
      ]);
      await expectVerified(primary, ["sweep@1"]);
    });
  });

  test("names what is wrong", async () => {
    const { url, run } = await movableStorage(2);
    expect((await run(["db", "merge", url, "source.db"])).stderr).toMatch(
      /are the same storage\n$/,
    );
    expect((await run(["db", "merge", url, "none.db"])).stderr).toMatch(/There is no database/);
    expect((await run(["db", "merge", url])).code).toBe(2);
    expect((await run(["db", "merge", url, url, "--on-difference", "tke"])).stderr).toContain(
      'did you mean "take"',
    );
  });
});

import type { Storage } from "../../storage/storage.ts";
import { reserved, storedGrid } from "./fixtures.ts";
import type { StorageTests } from "./tests.ts";

/** The hashes of the contents that are stored. Without transactions content is freed with its experiment only. */
async function contents(storage: Storage): Promise<ReadonlySet<unknown> | undefined> {
  if (!storage.database.capabilities.atomicBatch) return undefined;
  const documents = await storage.database.read("blobs", {}, { scan: true, select: ["sha256"] });
  return new Set(documents.map(({ sha256 }) => sha256));
}

export function contentTests({ test, expect }: StorageTests): void {
  test("content that nobody has any more is freed, and what is shared is kept", async (storage) => {
    const experiment = await storedGrid(storage, 3);
    const [one, two] = [await reserved(storage, experiment), await reserved(storage, experiment)];
    const large = Buffer.alloc(2_500_000, "large");
    await storage.saveArtifact(one.id, "log", large);
    await storage.saveArtifact(one.id, "copy", large);
    await storage.saveArtifact(two.id, "log", large);
    await storage.saveArtifact(one.id, "log", Buffer.from("small"));
    await storage.saveArtifact(one.id, "copy", Buffer.from("small"));
    expect((await storage.readArtifact(two.id, "log")).equals(large)).toBe(true);

    await storage.saveArtifact(two.id, "log", Buffer.from("small"));
    await storage.saveArtifact(two.id, "log", Buffer.from("small"));
    expect((await contents(storage))?.size ?? 1).toBe(1);
    await storage.deleteTrials(experiment, { number: 0 });
    expect((await storage.readArtifact(two.id, "log")).toString()).toBe("small");
    await storage.deleteTrials(experiment, { number: 1 });
    expect((await contents(storage))?.size ?? 0).toBe(0);
  });

  test("content that a snapshot and an artifact share goes with the last of them", async (storage) => {
    const experiment = await storedGrid(storage, 2);
    const [one, two] = [await reserved(storage, experiment), await reserved(storage, experiment)];
    await storage.saveSnapshot(one.id, "state");
    await storage.saveSnapshot(one.id, "state");
    await storage.saveSnapshot(one.id, "later");
    await storage.saveArtifact(two.id, "state.json", Buffer.from('"state"'));
    expect((await contents(storage))?.size ?? 2).toBe(2);
    await storage.deleteTrials(experiment, { number: 0 });
    expect((await storage.readArtifact(two.id, "state.json")).toString()).toBe('"state"');
    await storage.saveArtifact(two.id, "state.json", Buffer.from("other"));
    expect((await contents(storage))?.size ?? 1).toBe(1);
  });

  test("whoever saves the same content at the same time has all of it", async (storage, again) => {
    const experiment = await storedGrid(storage, 4);
    const trials = await storage.getTrials(experiment);
    const handles = [storage, await again(), await again()];
    await Promise.all(
      handles.map(async (handle, offset) => {
        for (let i = 0; i < 24; i += 1) {
          const { id = "" } = trials[(i + offset) % 3] ?? {};
          await handle.saveArtifact(id, "log", Buffer.from(`content ${String(i % 2)}`));
          if (i % 8 === offset) await handle.deleteTrials(experiment, { number: 3 });
        }
      }),
    );
    const left = new Set<unknown>();
    for (const { id } of trials.slice(0, 3)) {
      await storage.readArtifact(id, "log");
      for (const { sha256 } of await storage.getArtifacts(id)) left.add(sha256);
    }
    expect((await contents(storage)) ?? left).toEqual(left);
  });

  test("content of before there were counts is kept", async (storage) => {
    const experiment = await storedGrid(storage, 2);
    const [one, two] = [await reserved(storage, experiment), await reserved(storage, experiment)];
    await storage.saveArtifact(one.id, "log", Buffer.from("content"));
    await storage.database.remove("blobs", { chunk: -1 }, { scan: true });
    await storage.saveArtifact(two.id, "log", Buffer.from("content"));
    await storage.saveArtifact(two.id, "log", Buffer.from("other"));
    expect((await storage.readArtifact(one.id, "log")).toString()).toBe("content");
  });
}

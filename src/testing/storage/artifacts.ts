import { reserved, storedGrid } from "./fixtures.ts";
import type { StorageTests } from "./tests.ts";

export function artifactTests({ test, expect }: StorageTests): void {
  test("an artifact comes back byte for byte", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const claim = await reserved(storage, experiment);
    const content = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => i % 251));
    const saved = await storage.saveArtifact(claim.id, "model.bin", content, claim);
    expect(saved).toMatchObject({ name: "model.bin", attempt: 1, bytes: 3_000_000 });
    expect(await storage.getArtifacts(claim.id)).toEqual([saved]);
    expect(content.equals(await storage.readArtifact(claim.id, "model.bin"))).toBe(true);
  });

  test("an empty artifact is one", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const { id } = await reserved(storage, experiment);
    await storage.saveArtifact(id, "empty", new Uint8Array());
    expect((await storage.readArtifact(id, "empty")).length).toBe(0);
  });

  test("the same name again replaces it, and equal content is kept for others", async (storage) => {
    const experiment = await storedGrid(storage, 2);
    const one = await reserved(storage, experiment);
    const two = await reserved(storage, experiment);
    for (const { id } of [one, two]) await storage.saveArtifact(id, "log", Buffer.from("same"));
    await storage.saveArtifact(one.id, "log", Buffer.from("other"));
    await storage.saveArtifact(one.id, "a", Buffer.from("a"));
    expect((await storage.getArtifacts(one.id)).map(({ name }) => name)).toEqual(["a", "log"]);
    expect((await storage.readArtifact(one.id, "log")).toString()).toBe("other");
    expect((await storage.readArtifact(two.id, "log")).toString()).toBe("same");
    await storage.deleteTrials(experiment, { number: 0 });
    expect((await storage.readArtifact(two.id, "log")).toString()).toBe("same");
  });

  test("an artifact that is not there, or of no trial, is NOT_FOUND", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const { id } = await reserved(storage, experiment);
    const missing = { code: "NOT_FOUND" };
    await expect(storage.readArtifact(id, "nothing")).rejects.toMatchObject(missing);
    const nobody = "0".repeat(32);
    await expect(storage.getArtifacts(nobody)).rejects.toMatchObject(missing);
    await expect(storage.saveArtifact(nobody, "a", Buffer.from("a"))).rejects.toMatchObject(
      missing,
    );
  });

  test("a damaged artifact is CORRUPT, and says which", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const { id } = await reserved(storage, experiment);
    await storage.saveArtifact(id, "a.txt", Buffer.from("content"));
    await storage.database.write(
      "blobs",
      { set: { data: Buffer.from("Content") } },
      {},
      { scan: true },
    );
    await expect(storage.readArtifact(id, "a.txt")).rejects.toMatchObject({
      code: "CORRUPT",
      message: `The stored content of artifact "a.txt" of trial ${id} is damaged or incomplete`,
    });
  });
}

import { choice, uniform } from "../../space/constructors.ts";
import { createSpace, spaceFromDefinition } from "../../space/create-space.ts";
import { gridSpec } from "./fixtures.ts";
import type { StorageTests } from "./tests.ts";

export function experimentTests({ test, expect }: StorageTests): void {
  test("an experiment is stored as it was defined", async (_, again) => {
    const storage = await again({ wallClock: () => new Date("2026-02-03T04:05:06.789Z") });
    const space = createSpace({ lr: choice([0.1, NaN]), data: [1n, new Date(0)], depth: 3 });
    const created = await storage.createExperiment({
      name: "Größe/2 (näher)".replace(/[()]/g, ""),
      space,
      objectives: [
        { name: "loss", direction: "minimize" },
        { name: "speed", direction: "maximize" },
      ],
      algorithm: { name: "grid", option: [1] },
      seed: 2 ** 53 - 1,
      maxTrials: 5,
      code: "abc",
      metadata: { user: "ada", tags: ["a"] },
    });
    const stored = await storage.getExperiment(created);
    expect(stored).toEqual(created);
    expect(stored).toMatchObject({
      name: "Größe/2 näher",
      version: 1,
      createdAt: "2026-02-03T04:05:06.789Z",
      spaceHash: space.hash,
      algorithm: { name: "grid", option: [1] },
      seed: 2 ** 53 - 1,
      total: 2,
      maxTrials: 5,
      position: 0,
      code: "abc",
      metadata: { user: "ada", tags: ["a"] },
    });
    expect(/^[0-9a-f]{32}$/.test(stored.id)).toBe(true);
    const rebuilt = spaceFromDefinition(stored.space);
    expect(rebuilt.hash).toBe(space.hash);
    expect(rebuilt.at(1)).toEqual({ lr: NaN, data: [1n, new Date(0)], depth: 3 });
  });

  test("what is left out has a default", async (storage) => {
    const grid = await storage.createExperiment({ name: "a", space: createSpace({ x: 1 }) });
    expect(grid).toMatchObject({
      version: 1,
      objectives: [],
      algorithm: { name: "grid" },
      total: 1,
      maxTrials: null,
      code: null,
      metadata: {},
    });
    const sampled = await storage.createExperiment({
      name: "b",
      space: createSpace({ x: uniform(0, 1) }),
    });
    expect(sampled).toMatchObject({ algorithm: { name: "random" }, total: null });
    expect(grid.seed === sampled.seed).toBe(false);
  });

  test("a name and version is taken once, and other versions are other experiments", async (storage) => {
    const first = await storage.createExperiment(gridSpec(1));
    await expect(storage.createExperiment(gridSpec(1))).rejects.toMatchObject({
      code: "DUPLICATE",
      message: 'An experiment "grid@1" exists already',
      details: { name: "grid", version: 1 },
    });
    const third = await storage.createExperiment(gridSpec(2, { version: 3 }));
    expect((await storage.getExperiment("grid")).id).toBe(third.id);
    expect((await storage.getExperiment("grid@3")).id).toBe(third.id);
    expect((await storage.getExperiment("grid@1")).id).toBe(first.id);
    expect((await storage.getExperiment(first.id)).id).toBe(first.id);
    expect(await storage.findExperiment("grid@2")).toBe(undefined);
    expect((await storage.getExperiments()).map(({ version }) => version)).toEqual([1, 3]);
  });

  test("names differ by case and by spaces inside", async (storage) => {
    for (const name of ["a b", "A b", "ab"]) await storage.createExperiment(gridSpec(1, { name }));
    expect((await storage.getExperiments()).map(({ name }) => name)).toEqual(["a b", "A b", "ab"]);
    expect((await storage.getExperiment("A b")).name).toBe("A b");
  });

  test("an experiment that is not there is NOT_FOUND with the nearest name", async (storage) => {
    await expect(storage.getExperiment("penguin")).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: `No experiment "penguin" in ${storage.location}; the storage holds none`,
    });
    await storage.createExperiment(gridSpec(1, { name: "penguins" }));
    await expect(storage.getExperiment("penguin")).rejects.toMatchObject({
      message: `No experiment "penguin" in ${storage.location}; did you mean "penguins"?`,
      details: { name: "penguin", accepted: ["penguins"] },
    });
    await expect(storage.getTrials("x")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(storage.getExperiment({ id: "0".repeat(32) })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    expect(await storage.findExperiment("penguin")).toBe(undefined);
  });

  test("what cannot be a name, version, seed or limit is INVALID_VALUE and nothing is stored", async (storage) => {
    const wrong: readonly object[] = [
      { name: "" },
      { name: " a" },
      { name: "a@2" },
      { name: "a\nb" },
      { name: "x".repeat(201) },
      { version: 0 },
      { version: 1.5 },
      { seed: -1 },
      { seed: 0.5 },
      { seed: NaN },
      { seed: 2 ** 53 },
      { maxTrials: 0 },
      { maxTrials: NaN },
      { metadata: { callback: () => 1 } },
    ];
    for (const fields of wrong) {
      await expect(
        storage.createExperiment(gridSpec(1, fields)),
        JSON.stringify(Object.entries(fields)),
      ).rejects.toMatchObject({ code: "INVALID_VALUE" });
    }
    for (const ref of ["a@", "a@x", "a@0", "a@1.5", ""]) {
      await expect(storage.getExperiment(ref), ref).rejects.toMatchObject({
        code: "INVALID_VALUE",
      });
    }
    expect(await storage.getExperiments()).toEqual([]);
  });

  test("experiments are fetched by a query into what they hold", async (storage) => {
    await storage.createExperiment(gridSpec(1, { name: "a", metadata: { user: "ada" } }));
    await storage.createExperiment(gridSpec(2, { name: "b", metadata: { user: "bob", age: 3 } }));
    await storage.createExperiment(gridSpec(3, { name: "b", version: 2 }));
    const names = async (query: object): Promise<unknown> =>
      (await storage.fetchExperiments({ ...query })).map(({ name, version }) => [name, version]);
    expect(await names({})).toEqual([
      ["a", 1],
      ["b", 1],
      ["b", 2],
    ]);
    expect(await names({ "metadata.user": "ada" })).toEqual([["a", 1]]);
    expect(await names({ "metadata.age": { $gte: 3 } })).toEqual([["b", 1]]);
    expect(await names({ name: "b", total: { $gt: 2 } })).toEqual([["b", 2]]);
    expect(await names({ name: { $ne: "a" } })).toEqual([
      ["b", 1],
      ["b", 2],
    ]);
    expect(await names({ name: null })).toEqual([]);
    expect(await storage.fetchExperiments({ name: "a" }, ["name", "total"])).toEqual([
      { name: "a", total: 1 },
    ]);
    await storage.deleteExperiment("a");
    expect(await names({ name: { $ne: "b" } })).toEqual([]);
    expect(await names({ name: null })).toEqual([]);
  });

  test("an experiment is updated when it matches", async (storage) => {
    await storage.createExperiment(gridSpec(1, { maxTrials: 3, metadata: { user: "ada" } }));
    expect(
      await storage.updateExperiment("grid", { maxTrials: 9 }, { "metadata.user": "bob" }),
    ).toBe(false);
    expect((await storage.getExperiment("grid")).maxTrials).toBe(3);
    const metadata = { user: "bob", list: [1n] };
    expect(
      await storage.updateExperiment(
        "grid",
        { maxTrials: 9, metadata, code: "def", algorithm: { name: "random" } },
        { "metadata.user": "ada" },
      ),
    ).toBe(true);
    expect(await storage.getExperiment("grid")).toMatchObject({
      maxTrials: 9,
      metadata,
      code: "def",
      algorithm: { name: "random" },
      position: 0,
    });
    expect(await storage.updateExperiment("grid", { maxTrials: null })).toBe(true);
    expect((await storage.getExperiment("grid")).maxTrials).toBe(null);
    await expect(storage.updateExperiment("gird", { code: "x" })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });

  test("fields that make another experiment are not updated", async (storage) => {
    const before = await storage.createExperiment(gridSpec(1));
    const wrong: readonly object[] = [
      { name: "x" },
      { space: 1 },
      { maxTrial: 2 },
      { maxTrials: -2 },
    ];
    for (const fields of wrong) {
      await expect(storage.updateExperiment("grid", fields)).rejects.toMatchObject({
        code: "INVALID_VALUE",
      });
    }
    await expect(storage.updateExperiment("grid", { maxTrial: 2 } as object)).rejects.toMatchObject(
      {
        message:
          'The field "maxTrial" of an experiment cannot be changed; did you mean "maxTrials"? (maxTrials, algorithm, code, metadata can)',
      },
    );
    expect(await storage.getExperiment("grid")).toEqual(before);
  });
}

import { choice, linspace, matched } from "../../space/constructors.ts";
import { createSpace } from "../../space/create-space.ts";
import type { ExperimentSpec } from "../../storage/experiment-spec.ts";
import { gridSpec, registerGrid, storedGrid, trialIn } from "./fixtures.ts";
import type { StorageTests } from "./tests.ts";

function spec(m: number, more: Partial<ExperimentSpec> = {}): ExperimentSpec {
  return {
    name: "X",
    space: createSpace({ n: choice([3, 7]), misc: linspace(1, 1000, 4), m, flag: false }),
    objectives: [{ name: "loss", direction: "minimize" }],
    ...more,
  };
}

export function restoreTests({ test, expect }: StorageTests): void {
  const conflict = {
    code: "CONFLICT",
    message:
      'Found existing experiment with name "X", but with different parameters. Use a different name.',
  };

  test("restore of the same name and definition gives the stored experiment", async (storage) => {
    expect(await storage.restoreExperiment(spec(5))).toBe(undefined);
    const created = await storage.createExperiment(spec(5));
    expect((await storage.restoreExperiment(spec(5)))?.id).toBe(created.id);
    // The order of declaration decides the order of the trials, not what they are.
    const reordered = createSpace({
      flag: false,
      m: 5,
      misc: linspace(1, 1000, 4),
      n: choice([3, 7]),
    });
    expect((await storage.restoreExperiment(spec(5, { space: reordered })))?.id).toBe(created.id);
    expect((await storage.restoreExperiment(spec(5, { seed: 1, maxTrials: 2 })))?.id).toBe(
      created.id,
    );
    expect((await storage.getExperiments()).length).toBe(1);
  });

  test("restore of another definition is CONFLICT with what differs, and changes nothing", async (storage) => {
    const created = await storage.createExperiment(spec(5));
    await expect(storage.restoreExperiment(spec(1))).rejects.toMatchObject(conflict);
    await expect(storage.ensureExperiment(spec(1))).rejects.toMatchObject(conflict);
    const error = await storage.restoreExperiment(spec(1)).catch((reason: unknown) => reason);
    const { differences } = (error as { details: { differences: string[] } }).details;
    expect(differences.length).toBe(1);
    expect(/\bm\b.*5.*1/.test(differences.join())).toBe(true);
    expect(await storage.getExperiment("X")).toEqual(created);
  });

  test("other objectives are another definition", async (storage) => {
    await storage.createExperiment(spec(5));
    const objectives = [{ name: "loss", direction: "maximize" }] as const;
    await expect(storage.restoreExperiment(spec(5, { objectives }))).rejects.toMatchObject({
      ...conflict,
      details: { differences: ["objective: minimize loss became maximize loss"] },
    });
    await expect(storage.restoreExperiment(spec(5, { objectives: [] }))).rejects.toMatchObject({
      details: { differences: ["objective: minimize loss became none"] },
    });
  });

  test("restore finds a version, or the latest", async (storage) => {
    await storage.createExperiment(spec(5));
    const second = await storage.createExperiment(spec(6, { version: 2 }));
    expect((await storage.restoreExperiment(spec(6)))?.id).toBe(second.id);
    await expect(storage.restoreExperiment(spec(5))).rejects.toMatchObject(conflict);
    expect((await storage.restoreExperiment(spec(5, { version: 1 })))?.version).toBe(1);
    expect(await storage.restoreExperiment(spec(5, { version: 3 }))).toBe(undefined);
  });

  test("of many that ensure the same experiment all get the one that is stored", async (storage, again) => {
    const other = await again();
    const ensured = await Promise.all(
      Array.from(
        { length: 12 },
        async (_, i) => await (i % 2 === 0 ? storage : other).ensureExperiment(spec(5)),
      ),
    );
    expect(new Set(ensured.map(({ id }) => id)).size).toBe(1);
    expect((await storage.getExperiments()).length).toBe(1);
  });

  test("an experiment that was overwritten has another id, and so have its trials", async (storage) => {
    const first = await storedGrid(storage, 3);
    const before = await storage.getTrialIds(first);
    expect(await storage.deleteExperiment("grid")).toBe(1);
    const second = await storedGrid(storage, 3);
    const after = await storage.getTrialIds(second);
    expect(first.id === second.id).toBe(false);
    expect(first.key < second.key).toBe(true);
    expect(new Set([...before, ...after]).size).toBe(6);
  });

  test("an experiment that was overwritten with another definition has exactly its trials", async (storage) => {
    const before = await storedGrid(storage, 6);
    await trialIn(storage, before, "completed");
    await expect(storage.restoreExperiment(gridSpec(2))).rejects.toMatchObject({
      code: "CONFLICT",
    });
    await storage.deleteExperiment("grid");
    const after = await storedGrid(storage, 2);
    const trials = await storage.getTrials("grid");
    expect(trials.map(({ number, status }) => [number, status])).toEqual([
      [0, "new"],
      [1, "new"],
    ]);
    expect(after.total).toBe(2);
    expect((await storage.getExperiments()).length).toBe(1);
  });

  test("matched values that do not fit the grid are an error with both lengths, and nothing is stored", async (storage) => {
    const define = (): ExperimentSpec => ({
      name: "matched",
      space: createSpace({ a: choice([1, 2]), b: choice([1, 2]), c: matched(["x", "y", "z"]) }),
    });
    const error = await Promise.resolve()
      .then(async () => await storage.createExperiment(define()))
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "INVALID_SPACE" });
    expect(/\b4\b/.test(String(error)) && /\b3\b/.test(String(error))).toBe(true);
    expect(await storage.getExperiments()).toEqual([]);
  });

  test("the same stored experiment gives the same trials again", async (storage) => {
    const experiment = await storedGrid(storage, 3);
    const before = await storage.getTrials(experiment);
    await storage.deleteTrials(experiment);
    await registerGrid(storage, await storage.getExperiment(experiment));
    const after = await storage.getTrials(experiment);
    expect(after.map(({ id, seed, params }) => [id, seed, params])).toEqual(
      before.map(({ id, seed, params }) => [id, seed, params]),
    );
  });
}

import { describe, expect, test } from "vitest";
import { experimentFolder } from "../support/experiment-folder.ts";

const drawing = (fields: string) => `
export default defineExperiment({
  name: "drawing",
  ${fields}
  run: async (params, trial) => {
    const early = trial.random.next();
    await sleep(trial.random.integer(0, 3));
    return { seed: trial.seed, early, late: [trial.random.normal(), trial.random.pick(["a", "b", "c"])] };
  },
});`;

const grid = `space: { n: choice(["a", "b", "c", "d", "e", "f"]) }, seed: 11,`;

/** What a run in a folder of its own finds, without what is new each time. */
async function findings(
  source: string,
  runs: readonly Parameters<Awaited<ReturnType<typeof experimentFolder>>["execute"]>[0][],
): Promise<unknown[]> {
  const { execute, open } = await experimentFolder(source);
  for (const options of runs) await execute(options);
  const trials = await (await open()).getTrials("drawing");
  expect(trials.every(({ status }) => status === "completed")).toBe(true);
  return trials.map(({ number, params, seed, results }) => ({ number, params, seed, results }));
}

describe("the same seed", () => {
  test("gives a grid the same trial seeds, random numbers and results in every executor", async () => {
    const serial = await findings(drawing(grid), [{ executor: "serial" }]);
    expect(serial).toHaveLength(6);
    expect(await findings(drawing(grid), [{ executor: "inline" }])).toEqual(serial);
    expect(
      await findings(drawing(grid), [
        { executor: "inline", narrow: ["n=d"] },
        { maxTrials: 3 },
        {},
      ]),
    ).toEqual(serial);
  });

  test("gives a sampled space the same trials, in one run or in several", async () => {
    const space = `space: { x: uniform(0, 1), k: integer(1, 1000), c: choice(["p", "q"]) }, seed: 5,`;
    const once = await findings(drawing(space), [{ executor: "serial", maxTrials: 20 }]);
    expect(once).toHaveLength(20);
    const parts = [1, 8, 20].map((maxTrials) => ({ executor: "inline", maxTrials }) as const);
    expect(await findings(drawing(space), parts)).toEqual(once);
  });

  test("may be given when the experiment is first run, and is kept", async () => {
    const space = `space: { n: choice([1, 2, 3]) },`;
    const first = await findings(drawing(space), [{ seed: 9 }]);
    expect(await findings(drawing(space), [{ seed: 9, maxTrials: 1 }, { seed: 10 }])).toEqual(
      first,
    );
    expect(await findings(drawing(space), [{ seed: 10 }])).not.toEqual(first);
  });
});

test("another seed, and no seed, give other random numbers", async () => {
  const [eleven, twelve, none, again] = await Promise.all(
    [
      grid,
      grid.replace("11", "12"),
      grid.replace("seed: 11,", ""),
      grid.replace("seed: 11,", ""),
    ].map((fields) => findings(drawing(fields), [{ executor: "serial" }])),
  );
  const all = [eleven, twelve, none, again].map((found) => JSON.stringify(found));
  expect(new Set(all).size).toBe(4);
});

import {
  hybrid,
  inline,
  processes,
  serial,
  threads,
  type ExecuteOptions,
  type Executor,
} from "assay";
import { describe, expect, test } from "vitest";
import { executors } from "../support/executors.ts";
import { experimentFolder, until } from "../support/experiment-folder.ts";

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

/** Every executor, and those with several workers with 1, 2 and 5 of them. */
const crews: readonly (readonly [name: string, make: () => Executor])[] = [
  ["inline", inline],
  ...[1, 2, 5].map((n) => [`threads(${String(n)})`, () => threads(n)] as const),
  ...[1, 2, 5].map((n) => [`processes(${String(n)})`, () => processes(n)] as const),
  ["2 processes of 1 thread", () => hybrid({ processes: 2, threadsPerProcess: 1 })],
  ["1 process of 5 threads", () => hybrid({ processes: 1, threadsPerProcess: 5 })],
];

const spaces: readonly (readonly [name: string, fields: string, limit: ExecuteOptions])[] = [
  ["a grid", `space: { n: linspace(0, 14, 15), m: { k: choice(["a", "b"]) } }, seed: 11,`, {}],
  [
    "a random choice of a grid's trials",
    `space: { n: linspace(0, 99, 100) }, algorithm: "random", seed: 12,`,
    { maxTrials: 30 },
  ],
  [
    "a sampled space",
    `space: { x: uniform(0, 1), k: integer(1, 1000), c: choice(["p", "q"]) }, seed: 13,`,
    { maxTrials: 30 },
  ],
];

describe.each(spaces)("the same seed gives %s", (_, fields, limit) => {
  const source = drawing(fields);
  let expected: Promise<unknown[]> | undefined;
  const serially = () => (expected ??= findings(source, [{ executor: serial(), ...limit }]));

  test.each(crews)("the same trials, random numbers and results with %s", async (_name, make) => {
    const found = await findings(source, [{ executor: make(), ...limit }]);
    expect(found).toHaveLength(30);
    expect(found).toEqual(await serially());
  });

  test.each(executors)(
    "the same when it is interrupted and resumed, with %s",
    async (_name, make) => {
      const { execute, open, lines, write } = await experimentFolder(
        source.replace(
          "run: async (params, trial) => {",
          `run: async (params, trial) => {
          if (trial.attempt === 1 && trial.number % 10 === 9 && !existsSync(folder + "go")) {
            trial.random.next();
            appendFileSync(folder + "waits", "here\\n");
            await trial.saveSnapshot("drawn");
            await sleep(60_000, undefined, { signal: trial.signal });
          }`,
        ),
      );
      const controller = new AbortController();
      const { signal } = controller;
      const first = execute({ executor: make(), ...limit, signal });
      await until(async () => (await lines("waits")).length > 0);
      controller.abort();
      expect(await first).toMatchObject({ stopped: "The run was interrupted" });
      await write("go", "");
      await execute({ executor: make(), ...limit });
      const trials = await (await open()).getTrials("drawing");
      const found = trials.map(({ number, params, seed, results }) => ({
        number,
        params,
        seed,
        results,
      }));
      expect(found).toEqual(await serially());
    },
  );
});

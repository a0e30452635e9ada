import type { Progress } from "assay";
import { describe, expect, test } from "vitest";
import { experimentFolder } from "../support/experiment-folder.ts";

const executors = ["serial", "inline"] as const;

describe.each(executors)("the progress of a run with %s", (executor) => {
  const source = `
    export default defineExperiment({
      name: "watched",
      space: { n: choice([4, 3, 5, 2, 6]) },
      objective: { minimize: "loss" },
      run: async ({ n }) => {
        await sleep(120);
        if (n === 5) throw new Error("Five");
        return { loss: n };
      },
    });`;

  test("counts what ended, knows the total and the best, and is over at the end", async () => {
    const { execute } = await experimentFolder(source);
    const seen: Progress[] = [];
    await execute({ executor, progress: (progress) => seen.push(progress) });
    const last = seen.at(-1);
    expect(last).toMatchObject({
      total: 5,
      skipped: 0,
      completed: 4,
      broken: 1,
      interrupted: 0,
      running: 0,
      isOver: true,
      best: { number: 3, name: "loss", value: 2 },
    });
    expect(last?.elapsedMs).toBeGreaterThan(0);
    expect(seen.filter(({ isOver }) => isOver)).toHaveLength(1);
    const ended = seen.map(({ completed, broken }) => completed + broken);
    expect(ended).toEqual([...ended].sort((a, b) => a - b));
    expect(seen.some(({ running, completed }) => running === 1 && completed < 4)).toBe(true);
  });

  test("begins with what earlier runs found; broken trials are not waited for", async () => {
    const { execute } = await experimentFolder(source);
    await execute({ executor, narrow: ["n=2"] });
    await execute({ executor, narrow: ["n=5"] });
    const seen: Progress[] = [];
    await execute({ executor, progress: (progress) => seen.push(progress) });
    expect(seen[0]).toMatchObject({ total: 4, skipped: 1, best: { number: 3, value: 2 } });
    expect(seen.at(-1)).toMatchObject({ total: 4, skipped: 1, completed: 3, broken: 0 });
  });
});

test("the progress of a sampled space counts up to maxTrials", async () => {
  const { execute } = await experimentFolder(`
    export default defineExperiment({
      name: "drawn", space: { x: uniform(0, 1) }, run: ({ x }) => ({ x }) });`);
  const seen: Progress[] = [];
  await execute({ maxTrials: 7, progress: (progress) => seen.push(progress) });
  expect(seen.at(-1)).toMatchObject({ total: 7, completed: 7, best: null, isOver: true });
});

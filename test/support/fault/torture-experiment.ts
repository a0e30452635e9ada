import { logExecution } from "./execution-log.ts";

/** The file in the folder that has a byte for each kill so far. */
export const killsFile = "kills";

/**
 * An experiment of short trials with metrics and snapshots, some of them slow. Its trials keep pace with
 * the kills, whatever the machine: one in the middle of the grid begins after half of them.
 */
export function tortureExperiment(folder: string, trials: number, kills: number): string {
  return `
import { appendFileSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { defineExperiment, linspace } from "assay";

const folder = ${JSON.stringify(`${folder}/`)};
const killsSoFar = () => statSync(folder + "${killsFile}").size;

export default defineExperiment({
  name: "torture",
  space: { n: linspace(0, ${String(trials - 1)}, ${String(trials)}) },
  objective: { minimize: "loss" },
  setup: () => ({ table: new Float64Array(1000).fill(1) }),
  run: async ({ n }, trial) => {${logExecution}
    if (trial.store.table.length !== 1000) throw new Error("The store is not whole");
    while (killsSoFar() < Math.floor((n / ${String(trials)}) * ${String(kills)})) await sleep(5);
    const snapshot = await trial.latestSnapshot();
    if (snapshot !== undefined && snapshot.state.n !== n) throw new Error("A snapshot of another trial");
    for (let step = snapshot?.state.step ?? 0; step < 3; step += 1) {
      trial.report({ loss: n + 1 / (step + 1) }, step);
      if (n % 5 === 0) await trial.saveSnapshot({ n, step: step + 1 });
      await sleep(n % 50 === 0 ? 150 : n % 3);
    }
    return { loss: n, mark };
  },
});
`;
}

/** A grid of six trials with an objective, metrics and snapshots: x in 1, 2, 3 by kind in a, b. */
export const gridExperiment = `
import { choice, defineExperiment } from "assay";

export default defineExperiment({
  name: "grid",
  space: { x: choice([1, 2, 3]), model: { kind: choice(["a", "b"]) }, fixed: "same" },
  objective: { minimize: "loss" },
  run: async ({ x, model }, trial) => {
    for (let step = 0; step < 2; step++) trial.report({ cost: x * 10 + step }, step);
    await trial.saveSnapshot({ at: x, weights: new Float64Array([x, 0.5]) }, "first");
    await trial.saveSnapshot({ at: x + 1, weights: new Float64Array([x]) });
    await trial.artifact("notes.txt", "kept");
    return { loss: x + (model.kind === "b" ? 0.5 : 0), detail: { when: new Date(0) } };
  },
});
`;

/** Trials with x from 0 to 5, of which the odd ones break. */
export const brokenExperiment = `
import { choice, defineExperiment } from "assay";

export default defineExperiment({
  name: "fragile",
  space: { x: choice([0, 1, 2, 3, 4, 5]) },
  objective: { maximize: "y" },
  run: ({ x }) => {
    if (x % 2 === 1) throw new RangeError("x is odd: " + x);
    return { y: x };
  },
});
`;

/** Eight trials, of which each waits until it is interrupted; it tells when it began. */
export const endlessExperiment = `
import { choice, defineExperiment } from "assay";

export default defineExperiment({
  name: "endless",
  space: { x: choice([0, 1, 2, 3, 4, 5, 6, 7]) },
  run: async ({ x }, trial) => {
    trial.log("began " + x + " attempt " + trial.attempt);
    if (x < 2 || trial.attempt > 1 || process.env.ASSAY_TEST_QUICK === "1") return { x };
    if (process.env.ASSAY_TEST_DEAF === "1") for (;;) {}
    await new Promise((resolve, reject) => {
      const timer = setInterval(() => {}, 1000);
      trial.signal.addEventListener("abort", () => {
        clearInterval(timer);
        reject(trial.signal.reason);
      });
    });
  },
});
`;

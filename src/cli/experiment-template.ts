/** An experiment file to begin with: it runs as it is, in a moment, as TypeScript and as JavaScript. */
export function experimentTemplate(name: string, file: string): string {
  return `// An experiment: what is varied, and what is run for each combination.
//
//   assay run ${file}                   runs all trials; again: only those that are missing
//   assay run ${file} optimizer=plain   only the trials with this value
//   assay trials ${name} --sort loss
import { choice, defineExperiment, logspace } from "assay";

export default defineExperiment({
  name: ${JSON.stringify(name)},

  // One trial for each combination of these values.
  space: {
    optimizer: choice(["plain", "momentum"]),
    rate: logspace(0.001, 0.1, 5),
    steps: 100, // a constant
  },

  // The result to make small; { maximize: "…" } to make one large.
  objective: { minimize: "loss" },

  // Runs one trial. What it returns is kept as its results; if it throws, it is broken and the others go on.
  run: ({ optimizer, rate, steps }, trial) => {
    // Replace this descent into the bowl x² + 8y² by your own work.
    const inertia = optimizer === "momentum" ? 0.5 : 0;
    let [x, y, dx, dy] = [1, 1, 0, 0];
    let loss = x ** 2 + 8 * y ** 2;
    for (let step = 0; step < steps; step++) {
      dx = inertia * dx - rate * 2 * x;
      dy = inertia * dy - rate * 16 * y;
      x += dx;
      y += dy;
      loss = x ** 2 + 8 * y ** 2;
      trial.report({ loss }, step); // a metric: see "assay metrics ${name}"
    }
    return { loss, x, y };
  },
});
`;
}

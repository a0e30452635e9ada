// How long the command line takes to start, against Node itself.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { inTurn, report, runCommand } from "./lib/measure.ts";
import { cli, createSandbox, noopExperiment } from "./lib/sandbox.ts";

const folder = createSandbox({ "one.ts": noopExperiment(1) });
const run = ["node", cli, "run", "one.ts", "--no-progress"];

function fresh(): void {
  for (const end of ["", "-wal", "-shm"]) rmSync(join(folder, `assay.db${end}`), { force: true });
}

const times = await inTurn(15, {
  node: () => runCommand(["node", "-e", "0"], { cwd: folder }).wallMs,
  version: () => runCommand(["node", cli, "--version"], { cwd: folder }).wallMs,
  run: () => {
    fresh();
    return runCommand(run, { cwd: folder }).wallMs;
  },
});
console.log(
  `node -e 0: ${times.node.toFixed(0)} ms; --version: ${times.version.toFixed(0)} ms; run: ${times.run.toFixed(0)} ms`,
);
report("assay --version against node -e 0", times.version / times.node, 1.5);
report("assay run of a file with one trial against node -e 0", times.run / times.node, 4);

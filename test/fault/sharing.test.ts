import { describe, expect, test } from "vitest";
import type { CliResult } from "../support/run-cli.ts";
import { startCli } from "../support/run-cli.ts";
import { experimentFolder } from "../support/experiment-folder.ts";
import { endOf, faultFolder } from "../support/fault/fault-folder.ts";
import { verifyDatabase } from "../support/fault/verify-database.ts";

const four = [0, 1, 2, 3];
const executors = ["threads", "processes", "hybrid", "serial"] as const;

function expectQuiet({ stdout, stderr }: CliResult): void {
  expect(stdout + stderr).not.toMatch(/lock|busy|SQLITE/i);
}

describe("four runs at a time on one SQLite file", () => {
  test("of one experiment share its trials, and each leaves when nothing is left", async () => {
    const { run, check, executions } = await faultFolder({ size: 400, body: `await sleep(5);` });
    const running = executors.map((executor) => run(["--executor", executor]));
    for (const end of await Promise.all(running.map((one) => endOf(one, 0)))) expectQuiet(end);
    expect(await check()).toMatchObject({ attempts: 400 });
    expect(executions()).toHaveLength(400);
  });

  test("of four experiments do not disturb each other", async () => {
    const { root: cwd, open, url, write, lines } = await experimentFolder("");
    for (const i of four) {
      await write(
        `${String(i)}.ts`,
        `import { defineExperiment, linspace } from "assay";
         import { appendFileSync } from "node:fs";
         export default defineExperiment({
           name: "experiment${String(i)}",
           space: { n: linspace(0, 299, 300) },
           run: ({ n }, trial) => {
             appendFileSync(${JSON.stringify(cwd)} + "/ran${String(i)}", n + "\\n");
             trial.report({ loss: n });
             return { n };
           },
         });`,
      );
    }
    const running = four.map((i) => startCli(["run", `${String(i)}.ts`, "--no-progress"], { cwd }));
    for (const { ended } of running) {
      const end = await ended;
      expect(end).toMatchObject({ code: 0 });
      expectQuiet(end);
    }
    const storage = await open();
    for (const i of four) {
      const trials = await storage.getTrials(`experiment${String(i)}`);
      expect(trials.map(({ results }) => results)).toEqual(trials.map((_, n) => ({ n })));
      expect(trials).toHaveLength(300);
      expect(await lines(`ran${String(i)}`)).toHaveLength(300);
    }
    expect(await verifyDatabase(cwd, url)).toEqual([]);
  });

  test.each(["linspace(0, 999, 1000)", "uniform(0, 1)"])(
    "never complete more than the limit on the trials of %s, though some break",
    async (dimension) => {
      const { root: cwd, open } = await experimentFolder(`
        export default defineExperiment({
          name: "limited",
          space: { x: ${dimension} },
          run: async ({ x }, trial) => {
            await sleep(3);
            if (trial.number % 5 === 4) throw new Error("Every fifth");
            return { x };
          },
        });`);
      const words = ["run", "experiment.ts", "--no-progress", "--max-trials", "97"];
      const running = executors.map((name) => startCli([...words, "--executor", name], { cwd }));
      for (const { ended } of running) {
        const end = await ended;
        expect(end).toMatchObject({ code: 3 });
        expectQuiet(end);
      }
      const counts = await (await open()).countByStatus("limited");
      expect(counts).toMatchObject({ completed: 97, reserved: 0, interrupted: 0 });
    },
  );
});

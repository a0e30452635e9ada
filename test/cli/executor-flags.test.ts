import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { gridExperiment } from "../support/experiment-files.ts";
import { executors } from "../support/executors.ts";
import { projectFolder } from "../support/project-folder.ts";
import { runCli, runCliJson, type TrialJson } from "../support/run-cli.ts";

test.each(executors)("assay run takes the executor %s by its name", async (_name, _make, flags) => {
  const { root: cwd } = await projectFolder({ "grid.ts": gridExperiment });
  expect(await runCliJson(["run", "grid.ts", ...flags], { cwd })).toMatchObject({ completed: 6 });
  const trials = await runCliJson<TrialJson[]>(["trials", "grid"], { cwd });
  expect(trials.map(({ results }) => results["loss"])).toEqual([1, 1.5, 2, 2.5, 3, 3.5]);
});

describe("a choice of workers that cannot be is one line and changes nothing", () => {
  test.each<[flags: string, message: string]>([
    ["--workers 0", '--workers takes a whole number from 1 on, not "0"'],
    ["--workers=-1", '--workers takes a whole number from 1 on, not "-1"'],
    ["--workers 1.5", '--workers takes a whole number from 1 on, not "1.5"'],
    ["--workers NaN", '--workers takes a whole number from 1 on, not "NaN"'],
    ["--workers two", '--workers takes a whole number from 1 on, not "two"'],
    ["--workers 5000", "workers is a whole number from 1 to 1024, got 5000"],
    ["--threads-per-process 0", '--threads-per-process takes a whole number from 1 on, not "0"'],
    [
      "--executor processes --threads-per-process 2",
      'Threads per process go with the executor "hybrid", not with "processes"',
    ],
    ["--executor serial --workers 2", 'The executor "serial" has one worker, not 2'],
    [
      "--executor thread",
      '--executor takes one of threads, processes, hybrid, serial, inline, not "thread"; did you mean "threads"?',
    ],
    [
      "--executor slurm",
      '--executor takes one of threads, processes, hybrid, serial, inline, not "slurm"',
    ],
  ])("%s", async (flags, message) => {
    const { root: cwd, path } = await projectFolder({ "grid.ts": gridExperiment });
    const { code, stdout, stderr } = await runCli(["run", "grid.ts", ...flags.split(" ")], { cwd });
    expect([code, stdout, stderr]).toEqual([2, "", `assay: ${message}\n`]);
    expect(existsSync(path("assay.db"))).toBe(false);
  });
});

import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { projectFolder } from "../support/project-folder.ts";
import { runCli, runCliJson, type TrialJson } from "../support/run-cli.ts";

const experiment = `
  import { defineExperiment } from "assay";
  export default defineExperiment({
    name: "drawn",
    space: { rate: "beta(2, 3)", layers: "poisson(3)" },
    objective: { minimize: "loss" },
    run: ({ rate, layers }) => ({ loss: rate * layers }),
  });`;

const program = `
  import { writeFileSync } from "node:fs";
  const [, rate, , layers] = process.argv.slice(2);
  writeFileSync(process.env.ASSAY_RESULTS_PATH, JSON.stringify({ loss: rate * layers }));`;

function expectDrawn(trials: readonly TrialJson[]): void {
  expect(trials).toHaveLength(5);
  for (const { status, params, results } of trials) {
    const rate = Number(params["rate"]);
    const layers = Number(params["layers"]);
    expect(status).toBe("completed");
    expect(rate > 0 && rate < 1).toBe(true);
    expect(Number.isInteger(layers) && layers >= 0).toBe(true);
    expect(results).toEqual({ loss: rate * layers });
  }
  expect(new Set(trials.map(({ params }) => params["rate"])).size).toBe(5);
}

describe("distributions of scipy.stats", () => {
  test("are drawn for the trials of a file, the same ones by the same seed", async () => {
    const run = async (): Promise<{ readonly cwd: string; readonly trials: TrialJson[] }> => {
      const { root: cwd } = await projectFolder({ "drawn.ts": experiment });
      await runCliJson(["run", "drawn.ts", "--max-trials", "5", "--seed", "7"], { cwd });
      return { cwd, trials: await runCliJson<TrialJson[]>(["trials", "drawn"], { cwd }) };
    };
    const { cwd, trials } = await run();
    expectDrawn(trials);
    const paramsOf = (some: readonly TrialJson[]): unknown => some.map(({ params }) => params);
    expect(paramsOf((await run()).trials)).toEqual(paramsOf(trials));

    const { stdout } = await runCli(["show", "drawn"], { cwd });
    expect(stdout).toMatch(/layers +poisson\(3\)\n/);
    expect(stdout).toMatch(/rate +beta\(2, 3\)\n/);
    const refused = await runCli(["insert", "drawn", "rate=2", "layers=1"], { cwd });
    expect(refused.stderr).toBe(
      'assay: Parameter "rate" cannot be 2; it must be a finite number from 0 to 1\n',
    );
    // The stored experiment is the same, so that it goes on.
    expect(await runCliJson(["run", "drawn.ts", "--max-trials", "7"], { cwd })).toMatchObject({
      executed: 2,
      skipped: 5,
    });
  });

  test("are drawn for the trials of a command", async () => {
    const { root: cwd } = await projectFolder({ "train.mjs": program });
    const command = ["node", "train.mjs", "--rate~beta(2, 3)", "--layers~poisson(mu=3)"];
    const limits = ["--minimize", "loss", "--max-trials", "5"];
    const { code } = await runCli(["run", "--name", "tune", ...limits, "--", ...command], { cwd });
    expect(code).toBe(0);
    expectDrawn(await runCliJson<TrialJson[]>(["trials", "tune"], { cwd }));
  });

  test.each([
    [
      "bet(2, 3)",
      'assay: Parameter "x": unknown distribution "bet"; did you mean "beta"? (uniform, loguniform, reciprocal, normal, norm, gaussian, fidelity, linspace, logspace, choices, or a name of scipy.stats that docs/guides/spaces.md lists; constant("bet(2, 3)") keeps a text as it is)\n',
    ],
    ["beta(2, -3)", 'assay: Parameter "x": beta needs b above 0, got -3\n'],
    [
      "expon(low=50)",
      'assay: Parameter "x": expon has improbable bounds: in 10000 tries it gave no finite number of at least 50\n',
    ],
  ])("%s is refused in one line", async (prior, line) => {
    const { root: cwd, path } = await projectFolder({ "train.mjs": program });
    const command = ["node", "train.mjs", `--x~${prior}`];
    const result = await runCli(["run", "--name", "bad", "--max-trials", "5", "--", ...command], {
      cwd,
    });
    expect(result).toEqual({ code: 1, stdout: "", stderr: line });
    expect(existsSync(path("assay.db"))).toBe(false);
  });
});

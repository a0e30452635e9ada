import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCli, runCliJson, type TrialJson } from "../support/run-cli.ts";

const experiment = `
import { choice, defineExperiment, linspace } from "assay";

export default defineExperiment({
  name: "many",
  space: {
    i: linspace(0, 59, 60),
    deep: { tag: choice(['plain', 'a "quoted", text']) },
  },
  objective: { minimize: "loss" },
  run: ({ i, deep }, trial) => {
    trial.report({ height: i * 2 });
    if (i === 7) throw new Error("seven");
    const loss = i === 3 ? NaN : (i * 37) % 60;
    return { loss, "dotted.key": i, big: 2n ** 70n, extra: i === 59 ? { late: true } : undefined };
  },
});
`;

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "assay-trials-"));
  await writeFile(join(cwd, "many.ts"), experiment);
  await runCli(["run", "many.ts"], { cwd });
});
afterAll(async () => {
  await rm(cwd, { recursive: true });
});

async function select(...args: string[]): Promise<TrialJson[]> {
  return await runCliJson<TrialJson[]>(["trials", "many", ...args], { cwd });
}

const numbers = (rows: readonly TrialJson[]): number[] => rows.map(({ number }) => number);

describe("assay trials", () => {
  test("--json has all trials by number, each with all that is known of it", async () => {
    const rows = await select();
    expect(numbers(rows)).toEqual(Array.from({ length: 120 }, (_, i) => i));
    expect(rows[4]).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      number: 4,
      status: "completed",
      attempt: 1,
      params: { i: 2, deep: { tag: "plain" } },
      results: { loss: 14, "dotted.key": 2, big: "1180591620717411303424" },
      error: null,
      seed: expect.any(Number),
      run: expect.stringMatching(/^many_1_/),
      worker: expect.any(String),
      createdAt: expect.stringMatching(/Z$/),
      startedAt: expect.stringMatching(/Z$/),
      endedAt: expect.stringMatching(/Z$/),
      durationMs: expect.any(Number),
      lastMetrics: { height: 4 },
    });
    expect(rows[6]?.results["loss"]).toBe("NaN");
    expect(rows[14]).toMatchObject({
      status: "broken",
      results: null,
      error: { cause: "error", message: "seven" },
    });
  });

  test("a table shows 50 and says how many more there are", async () => {
    const { stdout } = await runCli(["trials", "many"], { cwd });
    const lines = stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(52);
    expect(lines[0]).toMatch(
      /^number +status +i +deep\.tag +loss +dotted\.key +big +duration +error$/,
    );
    expect(lines[51]).toMatch(/^… 70 more/);
    const some = await runCli(["trials", "many", "--where", "i < 30"], { cwd });
    expect(some.stdout).toContain("… 10 more");
    const few = await runCli(["trials", "many", "--limit", "2"], { cwd });
    expect(few.stdout).not.toContain("more");
  });

  test("filters by state", async () => {
    expect(numbers(await select("--status", "broken"))).toEqual([14, 15]);
    expect(await select("--status", "broken,completed")).toHaveLength(120);
    expect(await select("--status", "new")).toEqual([]);
  });

  test.each([
    ["i < 2", [0, 1, 2, 3]],
    ["params.i < 2 and deep.tag = 'plain'", [0, 2]],
    ["loss = 37", [2, 3]],
    ["results.loss = 37 or metrics.height = 0", [0, 1, 2, 3]],
    ["height = 118", [118, 119]],
    ["loss = NaN", [6, 7]],
    ["results.loss is null", [14, 15]],
    ["loss != 14 and i in (1, 2)", [2, 3]],
    ["not (i >= 1) ", [0, 1]],
    ["status = 'broken' and error = 'seven'", [14, 15]],
    ["`dotted.key` = 5", [10, 11]],
    ["extra.late = true", [118, 119]],
    ["number = 3", [3]],
    ["startedAt < '2020-01-01'", []],
  ])("--where %s", async (where, expected) => {
    expect(numbers(await select("--where", where))).toEqual(expected);
  });

  test("sorts by a name, with what has no value last in both directions", async () => {
    const up = await select("--sort", "loss");
    expect(numbers(up.slice(0, 2))).toEqual([0, 1]);
    expect(numbers(up.slice(-4))).toEqual([6, 7, 14, 15]);
    const down = await select("--sort", "results.loss", "--desc", "--limit", "3");
    expect(down.map(({ results }) => results["loss"])).toEqual([59, 59, 58]);
    expect(numbers((await select("--sort", "loss", "--desc")).slice(-4))).toEqual([6, 7, 14, 15]);
    const both = await select("--where", "i < 3", "--sort", "number", "--desc");
    expect(numbers(both)).toEqual([5, 4, 3, 2, 1, 0]);
  });

  test("writes one JSON object a line", async () => {
    const { stdout } = await runCli(["trials", "many", "--format", "jsonl"], { cwd });
    const rows = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);
    expect(rows).toEqual(await select());
  });

  test("writes CSV with every column that any trial has", async () => {
    const { stdout } = await runCli(["trials", "many", "--format", "csv"], { cwd });
    const [head, ...lines] = stdout.trimEnd().split("\n");
    expect(head).toBe(
      "number,id,status,attempt,params.i,params.deep.tag,results.loss,results.dotted.key,results.big,results.extra.late,metrics.height,error,seed,run,worker,createdAt,startedAt,endedAt,durationMs",
    );
    expect(lines).toHaveLength(120);
    expect(lines[1]).toMatch(
      /^1,[0-9a-f]{32},completed,1,0,"a ""quoted"", text",0,0,1180591620717411303424,,0,,/,
    );
    expect(lines[6]).toMatch(/,NaN,/);
    expect(lines[14]).toMatch(/,broken,1,7,plain,,,,,14,seven,/);
  });

  test("says that none were asked for", async () => {
    for (const verb of ["trials", "metrics"]) {
      const { code, stderr, stdout } = await runCli([verb, "many", "--limit", "0"], { cwd });
      expect([code, stdout, stderr]).toEqual([0, "", "None are shown: --limit is 0\n"]);
    }
  });

  test("says which name is unknown, and the nearest", async () => {
    for (const args of [
      ["--where", "los < 1"],
      ["--sort", "los"],
    ]) {
      const { code, stderr, stdout } = await runCli(["trials", "many", ...args], { cwd });
      expect(code).toBe(1);
      expect(stdout).toBe("");
      expect(stderr).toMatch(/^assay: Unknown name "los"; did you mean "loss"\? \(.*\)\n$/);
    }
    const unquoted = await runCli(["trials", "many", "--where", "status = completed"], { cwd });
    expect(unquoted.stderr).toContain("a text is written in quotes: 'completed'");
    const sorted = await runCli(["trials", "many", "--sort", "zebra"], { cwd });
    expect(sorted.stderr).toMatch(/^assay: Unknown name "zebra" \(/);
    const exact = await runCli(["trials", "many", "--where", "params.loss < 1"], { cwd });
    expect(exact.stderr).toContain('Unknown name "params.loss"');
    const syntax = await runCli(["trials", "many", "--where", "loss <", "--json"], { cwd });
    expect(JSON.parse(syntax.stderr).error).toMatchObject({
      code: "INVALID_EXPRESSION",
      details: { column: 7 },
    });
  });

  test("accepts the name of a result that no trial has found yet", async () => {
    const fresh = await mkdtemp(join(tmpdir(), "assay-fresh-"));
    await writeFile(join(fresh, "many.ts"), experiment);
    await runCli(["run", "many.ts", "i=7", "deep.tag=plain"], { cwd: fresh });
    const options = { cwd: fresh };
    expect(
      await runCliJson<TrialJson[]>(["trials", "many", "--where", "loss < 1"], options),
    ).toEqual([]);
    const { stdout } = await runCli(["trials", "many"], options);
    expect(stdout).toContain("… 119 more of the space wait for a run");
    await rm(fresh, { recursive: true });
  });
});

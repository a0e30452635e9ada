import { beforeAll, afterAll, describe, expect, test } from "vitest";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brokenExperiment, gridExperiment } from "../support/experiment-files.ts";
import { runCli, runCliJson, type TrialJson } from "../support/run-cli.ts";

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const id = expect.stringMatching(/^[0-9a-f]{32}$/);

const gridCounts = {
  total: 6,
  new: 0,
  reserved: 0,
  suspended: 0,
  completed: 6,
  interrupted: 0,
  broken: 0,
  pruned: 0,
};

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "assay-read-"));
  await writeFile(join(cwd, "grid.ts"), gridExperiment);
  await writeFile(join(cwd, "fragile.ts"), brokenExperiment);
  await runCli(["run", "grid.ts"], { cwd });
  await runCli(["run", "fragile.ts"], { cwd });
});
afterAll(async () => {
  await rm(cwd, { recursive: true });
});

describe("assay list", () => {
  test("--json has a row an experiment, with its counts", async () => {
    const rows = await runCliJson(["list"], { cwd });
    expect(rows).toEqual([
      { name: "grid", version: 1, createdAt: time, trials: gridCounts },
      {
        name: "fragile",
        version: 1,
        createdAt: time,
        trials: { ...gridCounts, completed: 3, broken: 3 },
      },
    ]);
  });

  test("is a table for people, without colours or a cut where there is no terminal", async () => {
    const { stdout } = await runCli(["list"], { cwd });
    expect(stdout.split("\n")).toEqual([
      expect.stringMatching(/^experiment +created \(UTC\) +trials +done +completed +broken$/),
      expect.stringMatching(/^grid .* 6 +100% +6 +0$/),
      expect.stringMatching(/^fragile .* 6 +50% +3 +3$/),
      "",
    ]);
  });
});

describe("assay status", () => {
  test("--json tells progress, speed and the best trial", async () => {
    const status = await runCliJson(["status", "grid"], { cwd });
    expect(status).toMatchObject({
      name: "grid",
      version: 1,
      trials: gridCounts,
      progress: 1,
      ratePerSecond: null,
      etaMs: null,
      best: { number: 0, results: { loss: 1 } },
    });
    expect(await runCliJson(["status", "grid@1"], { cwd })).toEqual(status);
    expect(await runCliJson(["status"], { cwd })).toMatchObject([
      { name: "grid" },
      { progress: 0.5 },
    ]);
  });

  test("is a line an experiment without a name, and a few lines with one", async () => {
    const all = await runCli(["status"], { cwd });
    expect(all.stdout).toMatch(/grid +█+ +100% +6 +0 +loss 1 \(trial 0\)/);
    const one = await runCli(["status", "fragile"], { cwd });
    expect(one.stdout).toContain("3 of 6 trials completed");
    expect(one.stdout).toContain("3 completed, 3 broken");
    expect(one.stdout).toContain("trial 4: y 4");
  });
});

describe("assay show", () => {
  test("shows the definition and the runs", async () => {
    const { stdout } = await runCli(["show", "grid"], { cwd });
    expect(stdout).toMatch(/objective +minimize loss/);
    expect(stdout).toMatch(/algorithm +grid/);
    expect(stdout).toMatch(/model\.kind +choice\(\["a", "b"\]\)/);
    expect(stdout).toMatch(/run +grid_1_\S+, completed after/);
    expect(await runCliJson(["show", "grid"], { cwd })).toMatchObject({
      name: "grid",
      version: 1,
      id,
      objectives: [{ name: "loss", direction: "minimize" }],
      total: 6,
      trials: gridCounts,
      parameters: [{ name: "x", kind: "choice" }, { name: "model.kind" }, { name: "fixed" }],
      runs: [{ status: "completed" }],
    });
  });
});

describe("assay trial", () => {
  test("--json has what the trial left, beside what trials prints of it", async () => {
    const [, row] = await runCliJson<TrialJson[]>(["trials", "grid"], { cwd });
    const trial = await runCliJson<TrialJson>(["trial", "grid#1"], { cwd });
    expect(trial).toEqual({
      ...row,
      attempts: [expect.objectContaining({ attempt: 1, status: "completed", startedAt: time })],
      metrics: [0, 1].map((step): unknown =>
        expect.objectContaining({
          trial: row?.id,
          number: 1,
          name: "cost",
          step,
          value: 10 + step,
        }),
      ),
      snapshots: [
        expect.objectContaining({ number: 2, label: null }),
        expect.objectContaining({ number: 1, label: "first" }),
      ],
      artifacts: [expect.objectContaining({ name: "notes.txt", bytes: 4 })],
    });
    expect(await runCliJson<TrialJson>(["trial", (row?.id ?? "").slice(0, 10)], { cwd })).toEqual(
      trial,
    );
  });

  test("shows parameters, results and the error with the user's line", async () => {
    const whole = await runCli(["trial", "grid#1"], { cwd });
    expect(whole.stdout).toMatch(/^grid#1 {2}completed/);
    expect(whole.stdout).toMatch(/model\.kind +b/);
    expect(whole.stdout).toMatch(/loss +1\.5/);
    const broken = await runCli(["trial", "fragile#3"], { cwd });
    expect(broken.stdout).toContain("RangeError: x is odd: 3");
    expect(broken.stdout).toMatch(/fragile\.ts:9:/);
  });
});

describe("assay best", () => {
  test("without an objective is an error that says so", async () => {
    await writeFile(
      join(cwd, "aimless.ts"),
      gridExperiment.replace(/objective:.*/, "").replace('"grid"', '"aimless"'),
    );
    await runCli(["run", "aimless.ts", "x=1", "--storage", "aimless.db"], { cwd });
    const args = ["best", "aimless", "--storage", "aimless.db"];
    const { code, stdout, stderr } = await runCli(args, { cwd });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^assay: "aimless" declares no objective[^\n]*\n$/);
    expect(
      await runCliJson(["status", "aimless", "--storage", "aimless.db"], { cwd }),
    ).toMatchObject({ best: null });
  });

  test("is the trial with the best objective", async () => {
    expect(await runCliJson<TrialJson>(["best", "fragile"], { cwd })).toMatchObject({
      number: 4,
      params: { x: 4 },
      results: { y: 4 },
    });
    const { stdout } = await runCli(["best", "grid"], { cwd });
    expect(stdout).toMatch(/^grid#0 {2}completed/);
  });
});

describe("assay snapshots", () => {
  test("lists states, newest first", async () => {
    expect(await runCliJson(["snapshots", "grid#2"], { cwd })).toEqual([
      {
        number: 2,
        label: null,
        createdAt: time,
        bytes: expect.any(Number),
        attempt: 1,
        state: { at: 3, weights: [2] },
      },
      expect.objectContaining({ number: 1, label: "first", state: { at: 2, weights: [2, 0.5] } }),
    ]);
    const { stdout } = await runCli(["snapshots", "grid#2"], { cwd });
    expect(stdout.split("\n")).toHaveLength(4);
  });
});

interface MetricJson {
  readonly number: number;
  readonly value: number;
}

describe("assay metrics", () => {
  test("--json has a row a point", async () => {
    const points = await runCliJson<MetricJson[]>(["metrics", "grid"], { cwd });
    expect(points).toHaveLength(12);
    expect(points[0]).toEqual({
      trial: id,
      number: 0,
      attempt: 1,
      name: "cost",
      step: 0,
      time,
      value: 10,
    });
  });

  test("narrows to a metric and a trial, by number or id", async () => {
    const [, second] = await runCliJson<TrialJson[]>(["trials", "grid"], { cwd });
    for (const asked of ["1", "#1", second?.id ?? ""]) {
      const points = await runCliJson<MetricJson[]>(["metrics", "grid", "--trial", asked], { cwd });
      expect(points.map(({ number, value }) => [number, value])).toEqual([
        [1, 10],
        [1, 11],
      ]);
    }
    expect(await runCliJson(["metrics", "grid", "--name", "cost"], { cwd })).toHaveLength(12);
    const { code, stderr } = await runCli(["metrics", "grid", "--name", "cst"], { cwd });
    expect([code, stderr]).toEqual([
      1,
      'assay: No trial of "grid" reports "cst"; did you mean "cost"? (cost)\n',
    ]);
  });

  test("has CSV and JSON lines too", async () => {
    const csv = await runCli(["metrics", "grid", "--trial", "0", "--format", "csv"], { cwd });
    const [head, ...lines] = csv.stdout.trimEnd().split("\n");
    expect(head).toBe("trial,number,attempt,name,step,time,value");
    expect(lines).toHaveLength(2);
    const jsonl = await runCli(["metrics", "grid", "--format", "jsonl", "--limit", "3"], { cwd });
    expect(
      jsonl.stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).toHaveLength(3);
  });
});

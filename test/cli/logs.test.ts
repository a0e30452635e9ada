import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { choice, createSpace, openStorage, type OutputSegment } from "assay";
import { runCli, runCliJson, type TrialJson } from "../support/run-cli.ts";

const stdout = (text: string): OutputSegment => ({ stream: "stdout", text });
const stderr = (text: string): OutputSegment => ({ stream: "stderr", text });
/** The part that holds the end of an output. */
const tail = 2 ** 31 - 1;

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "assay-logs-"));
  const storage = await openStorage(join(cwd, "assay.db"));
  const space = createSpace({ x: choice([0, 1, 2, 3]) });
  const experiment = await storage.createExperiment({ name: "loud", space });
  for (let x = 0; x < 4; x += 1) await storage.registerTrial(experiment, { x });

  /** Runs the next trial: it writes something, breaks or completes. */
  const attempt = async (
    parts: readonly (readonly [part: number, segments: OutputSegment[], omittedBytes?: number])[],
    ends: "broken" | "completed" | "interrupted",
  ): Promise<void> => {
    const trial = await storage.reserveTrial(experiment, { holder: "test" });
    if (trial === undefined) throw new Error("No trial is open");
    const reports = parts.map(([part, segments, omittedBytes]) => {
      const report = { kind: "output", trial, part, segments: JSON.stringify(segments) } as const;
      return omittedBytes === undefined ? report : { ...report, omittedBytes };
    });
    expect(await storage.commitReports(reports)).not.toContain(false);
    if (ends === "completed") await storage.pushTrialResults(experiment, trial, { y: 1 });
    else await storage.releaseTrial(trial, ends, { cause: "error", message: "It broke" });
  };
  const lines = Array.from({ length: 30 }, (_, i) => `line ${String(i)}\n`).join("");
  await attempt([[0, [stdout("first try\n")]]], "interrupted");
  await attempt(
    [[0, [stdout(lines), stderr("\u001b[31mred\u001b[0m\n"), stdout("end")]]],
    "broken",
  );
  await attempt(
    [
      [0, [stdout("begin\n"), stderr("oh\n")]],
      [tail, [stdout("finish\n")], 70_000],
    ],
    "completed",
  );
  await attempt([], "broken");
  await storage.close();
});
afterAll(async () => {
  await rm(cwd, { recursive: true });
});

describe("assay logs", () => {
  test("prints what the last attempt wrote, both streams in order, exactly", async () => {
    const { code, stdout: printed, stderr: said } = await runCli(["logs", "loud#0"], { cwd });
    expect([code, said]).toEqual([0, ""]);
    expect(printed.startsWith("line 0\nline 1\n")).toBe(true);
    expect(printed.endsWith("line 29\n\u001b[31mred\u001b[0m\nend")).toBe(true);
  });

  test("prints one attempt, and one stream", async () => {
    const first = await runCli(["logs", "loud#0", "--attempt", "1"], { cwd });
    expect(first.stdout).toBe("first try\n");
    const red = await runCli(["logs", "loud#0", "--stream", "stderr"], { cwd });
    expect(red.stdout).toBe("\u001b[31mred\u001b[0m\n");
  });

  test("tells on standard error where something was not kept, and how much", async () => {
    const result = await runCli(["logs", "loud#1"], { cwd });
    expect(result).toEqual({
      code: 0,
      stdout: "begin\noh\nfinish\n",
      stderr: "… 70.0 kB here were not kept …\n",
    });
    expect((await runCli(["logs", "loud#1", "--quiet"], { cwd })).stderr).toBe("");
  });

  test("--json has the segments", async () => {
    const [, trial] = await runCliJson<TrialJson[]>(["trials", "loud"], { cwd });
    const whole = {
      trial: trial?.id,
      number: 1,
      attempt: 1,
      segments: [stdout("begin\n"), stderr("oh\n"), stdout("finish\n")],
      omittedBytes: 70_000,
      omittedAt: 2,
    };
    expect(await runCliJson(["logs", "loud#1"], { cwd })).toEqual(whole);
    expect(await runCliJson(["logs", "loud#1", "--stream", "stdout"], { cwd })).toEqual({
      ...whole,
      segments: [stdout("begin\n"), stdout("finish\n")],
      omittedAt: 1,
    });
    expect(await runCliJson(["logs", "loud#2"], { cwd })).toMatchObject({
      attempt: null,
      segments: [],
    });
  });

  test("says in a line that there is nothing", async () => {
    const said = async (...args: string[]): Promise<unknown> =>
      await runCli(["logs", ...args], { cwd });
    const nothing = (stderrText: string): object => ({ code: 0, stdout: "", stderr: stderrText });
    expect(await said("loud#2")).toEqual(nothing("loud#2 wrote nothing\n"));
    expect(await said("loud#0", "--attempt", "1", "--stream", "stderr")).toEqual(
      nothing("Attempt 1 of loud#0 wrote nothing to stderr\n"),
    );
  });

  test.each([
    [["loud#0", "--attempt", "3"], 1, "loud#0 has no attempt 3 (the last is 2)"],
    [["loud#3", "--attempt", "1"], 1, "loud#3 has no attempt 1 (none was started)"],
    [["loud#0", "--attempt", "0"], 2, '--attempt takes a whole number from 1 on, not "0"'],
    [
      ["loud#0", "--stream", "stder"],
      2,
      '--stream takes one of stdout, stderr, not "stder"; did you mean "stderr"?',
    ],
    [["loud#9"], 1, '"loud" has no trial number 9'],
  ])("%j is refused", async (args, code, message) => {
    const result = await runCli(["logs", ...args], { cwd });
    expect(result).toEqual({ code, stdout: "", stderr: `assay: ${message}\n` });
  });
});

describe("assay trial", () => {
  test("shows the end of the output of a trial that broke, and how to see all", async () => {
    const { stdout: shown } = await runCli(["trial", "loud#0"], { cwd });
    expect(shown).toContain("End of its output  (all: assay logs loud#0)\n");
    expect(shown).toContain("  line 28\n  line 29\n   [31mred [0m\n  end\n");
    expect(shown).not.toContain("line 21\n");
  });

  test("shows none of a trial that did not, or wrote nothing", async () => {
    for (const trial of ["loud#1", "loud#2"]) {
      const { stdout: shown } = await runCli(["trial", trial], { cwd });
      expect(shown).not.toContain("output");
    }
  });
});

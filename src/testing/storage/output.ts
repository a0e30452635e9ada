import type { OutputSegment } from "../../model/output.ts";
import type { ClaimedTrial } from "../../storage/leases.ts";
import { tailPart, type OutputReport } from "../../storage/output.ts";
import { encodeValue } from "../../values/encode.ts";
import { briefLease, registerGrid, reserved, results, storedGrid } from "./fixtures.ts";
import type { StorageTests } from "./tests.ts";

const stdout = (text: string): OutputSegment => ({ stream: "stdout", text });
const stderr = (text: string): OutputSegment => ({ stream: "stderr", text });

function head(trial: ClaimedTrial, part: number, ...segments: OutputSegment[]): OutputReport {
  return { kind: "output", trial, part, segments: encodeValue(segments) };
}

function tail(
  trial: ClaimedTrial,
  omittedBytes: number,
  ...segments: OutputSegment[]
): OutputReport {
  return { ...head(trial, tailPart, ...segments), omittedBytes };
}

export function outputTests({ test, expect }: StorageTests): void {
  test("what a trial wrote comes back in order, with the streams it was written to", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const claim = await reserved(storage, experiment);
    expect(await storage.getOutput(claim.id)).toBe(undefined);
    await storage.commitReports([head(claim, 0, stdout("a\n"), stderr("oh\n"), stdout("b"))]);
    await storage.commitReports([head(claim, 1, stdout("c\n")), head(claim, 2, stderr("no\n"))]);
    const whole = {
      attempt: 1,
      segments: [stdout("a\n"), stderr("oh\n"), stdout("bc\n"), stderr("no\n")],
      omittedBytes: 0,
      omittedAt: 4,
    };
    expect(await storage.getOutput(claim.id)).toEqual(whole);
    await storage.pushTrialResults(experiment, claim, results);
    expect(await storage.getOutput(claim.id)).toEqual(whole);
  });

  test("the end replaces the end before, and tells how much is missing before it", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const claim = await reserved(storage, experiment);
    await storage.commitReports([head(claim, 0, stdout("a")), tail(claim, 0, stdout("b"))]);
    expect(await storage.getOutput(claim.id)).toMatchObject({
      segments: [stdout("ab")],
      omittedBytes: 0,
      omittedAt: 1,
    });
    await storage.commitReports([tail(claim, 700, stdout("y")), tail(claim, 900, stdout("z"))]);
    expect(await storage.getOutput(claim.id)).toEqual({
      attempt: 1,
      segments: [stdout("a"), stdout("z")],
      omittedBytes: 900,
      omittedAt: 1,
    });
  });

  test("a part that is sent twice is kept once", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const claim = await reserved(storage, experiment);
    for (let i = 0; i < 3; i += 1) {
      const reports = [head(claim, 0, stdout("a")), tail(claim, 5, stderr("z"))];
      expect(await storage.commitReports(reports)).toEqual([true, true]);
    }
    expect((await storage.getOutput(claim.id))?.segments).toEqual([stdout("a"), stderr("z")]);
  });

  test("it is reported together with start and end", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const [trial] = await storage.claimTrials(experiment, "holder", 1);
    const at = "2026-01-01T00:00:00.000Z";
    const outcomes = await storage.commitReports([
      { kind: "started", trial: trial!, startedAt: at, worker: "w", run: "r" },
      head(trial!, 0, stdout("a")),
      { kind: "finished", trial: trial!, status: "completed", results: "{}", endedAt: at },
      head(trial!, 1, stdout("late")),
    ]);
    expect(outcomes).toEqual([true, true, true, false]);
    expect((await storage.getOutput(trial!.id))?.segments).toEqual([stdout("a")]);
  });

  test("each attempt has its own; unless one is asked for, it is the last that wrote", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const first = await reserved(storage, experiment);
    await storage.commitReports([head(first, 0, stdout("one"))]);
    await storage.releaseTrial(first, "interrupted");
    const second = await reserved(storage, experiment);
    const one = { attempt: 1, segments: [stdout("one")] };
    expect(await storage.getOutput(first.id)).toMatchObject(one);
    await storage.commitReports([head(second, 0, stdout("two"))]);
    await storage.releaseTrial(second, "interrupted");
    await reserved(storage, experiment);

    const two = { attempt: 2, segments: [stdout("two")] };
    expect(await storage.getOutput(first.id)).toMatchObject(two);
    expect(await storage.getOutput(first.id, 1)).toMatchObject(one);
    expect(await storage.getOutput(first.id, 2)).toMatchObject(two);
    expect(await storage.getOutput(first.id, 3)).toBe(undefined);
  });

  test("a lost attempt's stays readable, and its late writes change nothing", async (storage, again) => {
    const experiment = await storedGrid(storage, 1);
    const lost = await reserved(await again(briefLease), experiment, "lost");
    await storage.commitReports([head(lost, 0, stdout("a")), tail(lost, 0, stdout("b"))]);
    const holder = await reserved(storage, experiment, "holder");
    const late = [head(lost, 1, stdout("late")), tail(lost, 9, stdout("late"))];
    expect(await storage.commitReports([...late, head(holder, 0, stdout("next"))])).toEqual([
      false,
      false,
      true,
    ]);
    expect(await storage.getOutput(lost.id, 1)).toMatchObject({
      segments: [stdout("ab")],
      omittedBytes: 0,
    });
    expect(await storage.getOutput(lost.id)).toMatchObject({
      attempt: 2,
      segments: [stdout("next")],
    });
  });

  test("text of every kind comes back as it was", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const claim = await reserved(storage, experiment);
    const texts = ["\0", "\ud83d", "\ude00", "😀 in UTF-8", "\u001b[31mred\r\n", "\ufffd", "{}"];
    await storage.commitReports(
      texts.map((text, part) => head(claim, part, part % 2 === 0 ? stdout(text) : stderr(text))),
    );
    const output = await storage.getOutput(claim.id);
    expect(output?.segments.map(({ text }) => text)).toEqual(texts);
  });

  test("it is deleted with the trial", async (storage) => {
    const experiment = await storedGrid(storage, 2);
    const claims = [await reserved(storage, experiment), await reserved(storage, experiment)];
    await storage.commitReports(claims.map((claim) => head(claim, 0, stdout("a"))));
    await storage.deleteTrials(experiment, { number: 0 });
    const [gone, kept] = claims.map(({ id }) => id);
    await expect(storage.getOutput(gone!)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await registerGrid(storage, await storage.getExperiment(experiment));
    expect(await storage.getOutput(gone!)).toBe(undefined);
    expect(await storage.getOutput(kept!)).toMatchObject({ segments: [stdout("a")] });
  });
}

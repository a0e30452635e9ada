import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { claimedTrial as claimed } from "../../test/support/scripted-workers.ts";
import type { OutputSegment } from "../model/output.ts";
import { tailPart, type OutputReport } from "../storage/output.ts";
import { decodeValue } from "../values/decode.ts";
import { OutputCapture } from "./output-capture.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const kibibyte = 1024;
const line = `${"x".repeat(1023)}\n`;

function openCapture() {
  const reports: OutputReport[] = [];
  return { capture: new OutputCapture((report) => void reports.push(report)), reports };
}

function segmentsOf(report: OutputReport | undefined): readonly OutputSegment[] {
  return decodeValue(report?.segments ?? "[]") as readonly OutputSegment[];
}

function textOf(report: OutputReport | undefined): string {
  return segmentsOf(report)
    .map(({ text }) => text)
    .join("");
}

describe("captured output", () => {
  test("of a trial that writes nothing is no report", () => {
    const { capture, reports } = openCapture();
    const trial = claimed("a");
    capture.add(trial, "stdout", "");
    capture.end(trial);
    vi.advanceTimersByTime(10_000);
    expect(reports).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("of a short trial is one report at its end, with both streams in order", () => {
    const { capture, reports } = openCapture();
    const trial = claimed("a");
    capture.add(trial, "stdout", "one\n");
    capture.add(trial, "stdout", "two\n");
    capture.add(trial, "stderr", "oh\n");
    capture.add(trial, "stdout", "three");
    expect(reports).toEqual([]);
    capture.end(trial);
    expect(reports).toMatchObject([{ kind: "output", trial, part: 0 }]);
    expect(segmentsOf(reports[0])).toEqual([
      { stream: "stdout", text: "one\ntwo\n" },
      { stream: "stderr", text: "oh\n" },
      { stream: "stdout", text: "three" },
    ]);
    vi.advanceTimersByTime(10_000);
    expect(reports).toHaveLength(1);
  });

  test("of a trial that runs on is written about once a second, and nothing of it twice", () => {
    const { capture, reports } = openCapture();
    const trial = claimed("a");
    for (let ms = 0; ms < 5000; ms += 10) {
      capture.add(trial, "stdout", `${String(ms)}\n`);
      vi.advanceTimersByTime(10);
    }
    expect(reports.length).toBeLessThanOrEqual(5);
    expect(reports.length).toBeGreaterThanOrEqual(4);
    capture.end(trial);
    expect(reports.map(({ part }) => part)).toEqual(reports.map((_, i) => i));
    const all = Array.from({ length: 500 }, (_, i) => `${String(i * 10)}\n`).join("");
    expect(reports.map(textOf).join("")).toBe(all);
  });

  test("beyond the beginning is the end, and the bytes between them", () => {
    const { capture, reports } = openCapture();
    const trial = claimed("a");
    for (let i = 0; i < 1000; i += 1) {
      capture.add(trial, "stdout", `${String(i).padStart(4)} ${line.slice(5)}`);
    }
    capture.end(trial);
    const [head, tail] = reports;
    expect(reports.map(({ part }) => part)).toEqual([0, tailPart]);
    for (const text of [textOf(head), textOf(tail)]) {
      expect(text.length).toBeLessThanOrEqual(64 * kibibyte);
      expect(text.length).toBeGreaterThan(63 * kibibyte);
    }
    expect(textOf(head).startsWith("   0 ")).toBe(true);
    expect(textOf(tail)).toContain("\n 999 ");
    const kept = textOf(head).length + textOf(tail).length;
    expect(tail?.omittedBytes).toBe(1000 * kibibyte - kept);
  });

  test("loses nothing where beginning and end hold all of it", () => {
    const { capture, reports } = openCapture();
    const trial = claimed("a");
    const text = Array.from({ length: 100 }, (_, i) => `${String(i)} ${line}`).join("");
    capture.add(trial, "stdout", text);
    capture.end(trial);
    expect(reports.map(textOf).join("")).toBe(text);
    expect(reports.at(-1)?.omittedBytes).toBe(0);
  });

  test("writes its end again at most every two seconds, and only when it changed", () => {
    const { capture, reports } = openCapture();
    const trial = claimed("a");
    capture.add(trial, "stdout", line.repeat(64));
    vi.advanceTimersByTime(1000);
    const before = reports.length;
    for (let ms = 0; ms < 20_000; ms += 100) {
      capture.add(trial, "stdout", line);
      vi.advanceTimersByTime(100);
    }
    const ends = reports.slice(before).filter(({ part }) => part === tailPart);
    expect(ends.length).toBeLessThanOrEqual(10);
    expect(ends.length).toBeGreaterThanOrEqual(9);
    vi.advanceTimersByTime(60_000);
    const quiet = reports.length;
    vi.advanceTimersByTime(60_000);
    capture.end(trial);
    expect(reports).toHaveLength(quiet);
  });

  test("is bounded for a trial that changes streams with every character, too", () => {
    const { capture, reports } = openCapture();
    const trial = claimed("a");
    for (let i = 0; i < 50_000; i += 1) {
      capture.add(trial, i % 2 === 0 ? "stdout" : "stderr", String(i % 10));
    }
    capture.end(trial);
    for (const report of reports) {
      expect(segmentsOf(report).length).toBeLessThanOrEqual(2048);
      expect(segmentsOf(report).length).toBeGreaterThan(1900);
    }
    const kept = reports.map(textOf).join("").length;
    expect(reports.at(-1)?.omittedBytes).toBe(50_000 - kept);
  });

  test("that was left out on the way is what is missing before the end", () => {
    const { capture, reports } = openCapture();
    const trial = claimed("a");
    capture.add(trial, "stdout", "begin\n");
    capture.add(trial, "stdout", "before a gap\n", 500);
    capture.add(trial, "stderr", "behind it", 1000);
    capture.add(trial, "stderr", " all\n");
    capture.end(trial);
    expect(reports.map(textOf)).toEqual(["begin\n", "behind it all\n"]);
    expect(reports.at(-1)?.omittedBytes).toBe(1500 + "before a gap\n".length);
  });

  test("cuts no character in two", () => {
    const { capture, reports } = openCapture();
    const trial = claimed("a");
    const text = `a${"😀".repeat(100_000)}`;
    capture.add(trial, "stdout", text);
    capture.end(trial);
    const [head, tail] = reports.map(textOf);
    expect(head).toMatch(/^a(😀)+$/u);
    expect(tail).toMatch(/^(😀)+$/u);
    const kept = Buffer.byteLength(`${head ?? ""}${tail ?? ""}`);
    expect(reports.at(-1)?.omittedBytes).toBe(Buffer.byteLength(text) - kept);
  });

  test("of several trials is kept apart, and of the next attempt begins anew", () => {
    const { capture, reports } = openCapture();
    const [a, b] = [claimed("a"), claimed("b")];
    capture.add(a, "stdout", "of a");
    capture.add(b, "stderr", "of b");
    capture.end(a);
    capture.end(b);
    const again = { ...a, attempt: 1 };
    capture.add(again, "stdout", "of a again");
    capture.end(again);
    expect(reports.map((report) => [report.trial, report.part, textOf(report)])).toEqual([
      [a, 0, "of a"],
      [b, 0, "of b"],
      [again, 0, "of a again"],
    ]);
  });
});

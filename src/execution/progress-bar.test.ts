import { describe, expect, test } from "vitest";
import { describeProgress, progressBar } from "./progress-bar.ts";
import type { Progress } from "./progress.ts";

const begun: Progress = {
  total: 36,
  skipped: 0,
  completed: 0,
  broken: 0,
  pruned: 0,
  interrupted: 0,
  running: 0,
  workers: [],
  elapsedMs: 0,
  ratePerSecond: null,
  etaMs: null,
  best: null,
  isOver: false,
};

describe("a line of progress", () => {
  test("tells counts, rate, time left and the best value", () => {
    const progress = {
      ...begun,
      skipped: 2,
      completed: 9,
      broken: 1,
      ratePerSecond: 3.14159,
      etaMs: 7640,
      best: { name: "accuracy", value: 0.912345678, number: 4 },
    };
    expect(describeProgress(progress)).toBe(
      "12/36 · 2 before · 1 broken · 3.1/s · 7.6 s left · best accuracy 0.912346 (trial 4)",
    );
  });

  test("tells what the workers run, once they have run it for long", () => {
    const workers = [
      ...[90_000, 12_000, 500].map((sinceMs, number) => ({ number, sinceMs })),
      null,
    ];
    expect(describeProgress({ ...begun, workers })).toBe("0/36 · #0 for 1 min 30 s, #1 for 12.0 s");
    const many = Array.from({ length: 6 }, (_, number) => ({ number, sinceMs: 3000 }));
    expect(describeProgress({ ...begun, workers: many })).toMatch(/#3 for 3.*, 2 more$/);
    expect(describeProgress({ ...begun, workers, isOver: true })).not.toContain("#");
  });

  test("tells at the end how long it took", () => {
    const over = { ...begun, completed: 36, ratePerSecond: 120.4, etaMs: 0, elapsedMs: 300 };
    expect(describeProgress({ ...over, isOver: true })).toBe("36/36 · 120/s · 300 ms");
  });

  test("tells only what has been done where the total is not known", () => {
    expect(describeProgress({ ...begun, total: null, pruned: 2, interrupted: 1 })).toBe(
      "2 trials · 2 pruned · 1 interrupted",
    );
  });
});

/** What is written to a stream of a kind. */
function drawn(
  stream: { isTTY: boolean; columns?: number },
  ...shown: readonly Progress[]
): string {
  let written = "";
  const show = progressBar({ ...stream, write: (text) => (written += text) });
  for (const progress of shown) show(progress);
  return written;
}

describe("drawn progress", () => {
  test("is one line that is redrawn on a terminal", () => {
    const written = drawn(
      { isTTY: true, columns: 80 },
      { ...begun, completed: 18 },
      { ...begun, completed: 36, isOver: true },
    );
    expect(written).toBe(
      `\r\u001B[2K${"█".repeat(12)}${"░".repeat(12)} 18/36` +
        `\r\u001B[2K${"█".repeat(24)} 36/36 · 0 ms\n`,
    );
  });

  test("is cut so that it stays one line", () => {
    const written = drawn({ isTTY: true, columns: 30 }, { ...begun, etaMs: 1e9, skipped: 12 });
    expect(written.slice("\r\u001B[2K".length)).toHaveLength(29);
  });

  test("stays one line on a terminal of any width, and the numbers come before the bar", () => {
    const progress = {
      ...begun,
      completed: 12,
      broken: 1,
      ratePerSecond: 3,
      etaMs: 7640,
      best: { name: "a long name of an objective", value: 0.912345678, number: 4 },
    };
    for (let columns = 1; columns <= 120; columns += 1) {
      const line = drawn({ isTTY: true, columns }, progress).slice("\r\u001B[2K".length);
      expect(line.length, String(columns)).toBeLessThan(columns);
    }
    expect(drawn({ isTTY: true, columns: 40 }, progress)).toBe(
      "\r\u001B[2K13/36 · 1 broken · 3/s · 7.6 s left",
    );
    expect(drawn({ isTTY: true, columns: 50 }, progress)).toBe(
      `\r\u001B[2K${"█".repeat(5)}${"░".repeat(8)} 13/36 · 1 broken · 3/s · 7.6 s left`,
    );
  });

  test("is a plain line every few seconds and at the end where there is no terminal", () => {
    const at = (elapsedMs: number, isOver = false) => ({ ...begun, elapsedMs, isOver });
    const written = drawn(
      { isTTY: false },
      at(100),
      at(5000),
      at(5100),
      at(9900),
      at(10_000),
      at(10_001, true),
    );
    expect(written).toBe("0/36\n0/36\n0/36 · 10.0 s\n");
  });
});

import { describe, expect, test } from "vitest";
import type { ExperimentStatus } from "../analysis/experiment-status.ts";
import type { Trial } from "../model/trial.ts";
import { textWidth } from "./format-value.ts";
import { describeStatus, statusTable } from "./status-text.ts";

const style = (_: string, text: string): string => text;

const best: Trial = {
  id: "0".repeat(32),
  number: 1234,
  status: "completed",
  attempt: 1,
  params: { learningRate: 0.000123456, optimizer: "adam", layers: [64, 64, 32] },
  results: { "validation accuracy": 0.912345678 },
  error: null,
  seed: 1,
  run: null,
  worker: null,
  createdAt: "2026-01-31T14:05:09.123Z",
  startedAt: null,
  endedAt: null,
  durationMs: null,
  metrics: {},
};

function statusOf(name: string): ExperimentStatus {
  return {
    experiment: {
      id: "1".repeat(32),
      key: 1,
      name,
      version: 3,
      createdAt: best.createdAt,
      space: {},
      spaceHash: "",
      objectives: [{ name: "validation accuracy", direction: "maximize" }],
      algorithm: { name: "random" },
      seed: 1,
      total: 20_000,
      maxTrials: null,
      position: 0,
      nextNumber: 0,
      code: null,
      metadata: {},
    },
    trials: {
      total: 20_000,
      new: 10_000,
      reserved: 12,
      suspended: 3,
      completed: 9900,
      interrupted: 5,
      broken: 70,
      pruned: 10,
    },
    planned: 20_000,
    progress: 0.4955,
    running: 8,
    lost: 4,
    ratePerSecond: 12.5,
    etaMs: 800_000,
    best,
    lastRun: {
      number: 17,
      reference: `${name}_17_2026-01-31-T140509`,
      status: "completed",
      startedAt: best.createdAt,
      endedAt: "2026-01-31T15:05:09.123Z",
      command: [],
      environment: {},
      summary: null,
      notes: null,
      code: null,
    },
  };
}

const short = statusOf("sweep");
const long = statusOf("a rather long name of an experiment");
const widths = Array.from({ length: 61 }, (_, i) => i + 40);

describe("on a terminal of 40 to 100 columns", () => {
  test.each(widths)("no line is wider than %i", (width) => {
    const texts = [short, long].map((status) => describeStatus(status, { width, style }));
    for (const text of [...texts, statusTable([short, long], { width, style })]) {
      for (const line of text.split("\n")) expect(textWidth(line), line).toBeLessThanOrEqual(width);
    }
  });

  test("what matters most stays whole", () => {
    const view = { width: 40, style };
    expect(describeStatus(short, view)).toMatch(/^sweep@3 {2}49% {2}9900 of 20000\n/);
    const table = statusTable([short], view);
    expect(table).toMatch(/^experiment +done/);
    expect(table).toMatch(/^sweep@3 +49%/m);
    expect(table).toContain("… not shown for lack of room: ");
  });
});

test("where output goes elsewhere nothing is cut", () => {
  const view = { width: undefined, style };
  expect(describeStatus(long, view)).toContain("█░");
  expect(describeStatus(long, view)).toContain("layers [64, 64, 32]\n");
  expect(statusTable([short], view)).toContain("(trial 1234)");
});

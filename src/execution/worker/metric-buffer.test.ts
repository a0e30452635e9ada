import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { ReportedPoint } from "../../storage/metrics.ts";
import { MetricBuffer } from "./metric-buffer.ts";

beforeEach(() => void vi.useFakeTimers({ now: 1000 }));
afterEach(() => void vi.useRealTimers());

function openBuffer() {
  const sent: (readonly ReportedPoint[])[] = [];
  return { buffer: new MetricBuffer((points) => void sent.push(points)), sent };
}

describe("reported metrics", () => {
  test("travel together, soon, with the time at which they were reported", () => {
    const { buffer, sent } = openBuffer();
    buffer.add({ loss: 1, gain: 2 }, 0);
    vi.advanceTimersByTime(5);
    buffer.add({ loss: 0.5 }, undefined);
    expect(sent).toEqual([]);
    vi.advanceTimersByTime(15);
    expect(sent).toEqual([
      [
        { name: "loss", step: 0, time: 1000, value: 1 },
        { name: "gain", step: 0, time: 1000, value: 2 },
        { name: "loss", step: null, time: 1005, value: 0.5 },
      ],
    ]);
    expect(buffer.count).toBe(3);
  });

  test("travel from a trial that never lets a timer run, too", () => {
    const { buffer, sent } = openBuffer();
    buffer.add({ loss: 1 }, 0);
    vi.setSystemTime(1020);
    buffer.add({ loss: 2 }, 1);
    expect(sent.map((points) => points.length)).toEqual([2]);
  });

  test("travel at once when they are many, and none twice", () => {
    const { buffer, sent } = openBuffer();
    for (let step = 0; step < 2000; step += 1) buffer.add({ loss: step }, step);
    expect(sent.map((points) => points.length)).toEqual([2000]);
    vi.advanceTimersByTime(100);
    buffer.flush();
    expect(sent).toHaveLength(1);
  });

  test.each([
    [{ loss: "1" }, 0, 'The metric "loss" must be a number, got string'],
    [{ gain: 1, loss: null }, 0, 'The metric "loss" must be a number, got null'],
    [0.3, 0, "report takes a map of numbers, such as { loss: 0.3 }"],
    [null, 0, "report takes a map of numbers"],
    [{ loss: 1 }, "3", 'The step of a report must be a finite number, got "3"'],
    [{ loss: 1 }, NaN, "The step of a report must be a finite number, got NaN"],
  ])("that are none are refused as a whole: %j at %j", (metrics, step, message) => {
    const { buffer, sent } = openBuffer();
    expect(() => buffer.add(metrics, step)).toThrow(message);
    buffer.flush();
    expect(sent).toEqual([]);
    expect(buffer.count).toBe(0);
  });
});

import { describe, expect, test } from "vitest";
import { claimedTrial as claimed } from "../../test/support/scripted-workers.ts";
import { decodeValue } from "../values/decode.ts";
import { MetricChunks } from "./metric-chunks.ts";

const point = (name: string, value: number) => ({ name, step: null, time: 0, value });

describe("the chunks of an attempt's metrics", () => {
  test("are numbered, and know the points before them and the last value of each metric", () => {
    const chunks = new MetricChunks();
    const [a, b] = [claimed("a"), claimed("b")];
    const reports = [
      chunks.next(a, [point("loss", 3), point("gain", 1), point("loss", 2)]),
      chunks.next(b, [point("loss", NaN)]),
      chunks.next(a, [point("loss", 1)]),
    ];
    const seen = reports.map(({ trial, chunk, before, count, last }) => ({
      at: [trial.id, chunk, before, count],
      last: decodeValue(last),
    }));
    expect(seen).toEqual([
      { at: ["a", 0, 0, 3], last: { loss: 2, gain: 1 } },
      { at: ["b", 0, 0, 1], last: { loss: NaN } },
      { at: ["a", 1, 3, 1], last: { loss: 1, gain: 1 } },
    ]);
  });

  test("begin anew with the next attempt", () => {
    const chunks = new MetricChunks();
    chunks.next(claimed("a"), [point("loss", 3)]);
    chunks.end(claimed("a"));
    const { chunk, before, last } = chunks.next(claimed("a"), [point("gain", 1)]);
    expect([chunk, before, decodeValue(last)]).toEqual([0, 0, { gain: 1 }]);
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { storableValues } from "../../test/support/storable-values.ts";
import { isPlainJson } from "../values/plain.ts";
import { encodeValue } from "../values/encode.ts";
import { LongText, longText } from "../values/long-text.ts";
import { isPlainMessage } from "./plain-message.ts";
import type { Ending, FromWorker, Task, ToWorker } from "./protocol.ts";

const ids = fc.constantFrom("a", "7").map((digit) => digit.repeat(32));
const times = fc.double({ min: 0, max: 1e13, noNaN: true });
const texts = storableValues.map((value) => encodeValue(value));

const endings: fc.Arbitrary<Ending> = fc.record(
  {
    id: ids,
    status: fc.constantFrom("completed", "broken", "interrupted"),
    endedAt: times,
    durationMs: times,
    results: texts,
    objective: fc.double({ noNaN: true }),
    error: fc.record({ cause: fc.constant("error"), message: fc.string({ unit: "binary" }) }),
  },
  { requiredKeys: ["id", "status", "endedAt", "durationMs"] },
);

const moves: fc.Arbitrary<FromWorker> = fc.record(
  {
    type: fc.constant("moved"),
    ended: endings,
    started: fc.record({ id: ids, at: times }),
    pull: fc.nat(),
  },
  { requiredKeys: ["type"] },
);

const tasks: fc.Arbitrary<Task> = fc.record({
  id: ids,
  number: fc.nat(),
  attempt: fc.nat(),
  params: texts,
  seed: fc.nat(),
  directory: fc.webPath(),
});

const runs: fc.Arbitrary<ToWorker> = fc.record({
  type: fc.constant("run"),
  tasks: fc.array(tasks, { maxLength: 3 }),
});

const ending = { id: "ab", status: "completed", endedAt: 1, durationMs: 1 } as const;
const ended = (more: Partial<Ending>): object => ({ type: "moved", ended: { ...ending, ...more } });

describe("messages that are plain by their type", () => {
  test("hold nothing that JSON does not write and read as it is", () => {
    fc.assert(
      fc.property(fc.oneof(moves, runs), (message) => {
        fc.pre(isPlainMessage(message));
        expect(isPlainJson(message)).toBe(true);
      }),
    );
  });

  test("are those of most trials", () => {
    expect(isPlainMessage(ended({ results: "{}", objective: 0.5 }))).toBe(true);
    expect(isPlainMessage({ type: "moved", started: { id: "ab", at: 1 }, pull: 3 })).toBe(true);
    expect(isPlainMessage({ type: "run", tasks: [{ params: "{}" }] })).toBe(true);
  });

  test.each([
    ["long results", ended({ results: new LongText("x".repeat(longText)) })],
    ["an objective that JSON has no number for", ended({ objective: Infinity })],
    ["an objective that JSON would make another number", ended({ objective: -0 })],
    ["an error", ended({ status: "broken", error: { cause: "error", message: "\0" } })],
    ["long parameters", { type: "run", tasks: [{ params: "x".repeat(longText) }] }],
    ["what a trial asks for", { type: "request", request: 1, id: "ab", call: { method: "flush" } }],
    ["what an experiment declares", { type: "described", experiment: { objective: NaN } }],
  ])("are not those with %s", (_, message) => {
    expect(isPlainMessage(message)).toBe(false);
  });
});

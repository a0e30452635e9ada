import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  claimedTrial,
  endingOf,
  scriptedWorkers,
  type ScriptedWorker,
} from "../../test/support/scripted-workers.ts";
import type { ClaimedTrial } from "../storage/leases.ts";
import { Crew } from "./crew.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const idsOf = (trials: Iterable<ClaimedTrial>): string[] => Array.from(trials, ({ id }) => id);

/** The trials that a worker was given, in order. */
const givenTo = ({ posted }: ScriptedWorker): string[] =>
  posted.flatMap((message) => (message.type === "run" ? message.tasks.map(({ id }) => id) : []));

/** A crew of two workers, both of which ask for a trial. */
function openCrew() {
  const { host, workers } = scriptedWorkers();
  const crew = new Crew({
    executor: { name: "scripted", workers: 2, isInline: false, open: () => host },
    program: { kind: "file", file: "x.ts" } as never,
    taskDirectory: ({ id }) => id,
  });
  const listener = {
    onFailure: () => undefined,
    onPull: () => undefined,
    onStarted: () => undefined,
    onMetrics: () => undefined,
    onEnded: () => undefined,
    onRequest: () => undefined,
    onSilent: () => undefined,
    onOutput: () => undefined,
  };
  crew.attend(listener);
  crew.prepare(2);
  for (const worker of workers) worker.describe();
  const [first, second] = workers as [ScriptedWorker, ScriptedWorker];
  const assign = (ids: string): void => crew.assign(Array.from(ids, (id) => claimedTrial(id)));
  return { crew, first, second, assign };
}

/** A crew that has run a trial of each worker, of so many milliseconds, and then was given more than was asked for. */
function spareCrew(durationMs = 50) {
  const opened = openCrew();
  const { crew, first, second, assign } = opened;
  assign("ab");
  first.move(undefined, "a");
  second.move(undefined, "b");
  first.move(endingOf("a", "completed", durationMs), undefined, 1);
  const credit = crew.credit;
  assign("cdef");
  return { ...opened, credit };
}

describe("of trials that take a while", () => {
  test.each([
    [1, 32],
    [50, 4],
    [70, 2],
    [100, 2],
    [200, 1],
    [5000, 1],
  ])("some are claimed together: of %i ms, %i", (durationMs, credit) => {
    expect(spareCrew(durationMs).credit).toBe(credit);
  });

  test("as many are claimed as are asked for until one has ended", () => {
    const { crew, first } = openCrew();
    expect(crew.credit).toBe(2);
    first.move(undefined, undefined, 7);
    expect(crew.credit).toBe(9);
  });

  test("what nobody has asked for waits for who asks first", () => {
    const { crew, first, second } = spareCrew();
    expect([givenTo(first), givenTo(second)]).toEqual([["a", "c"], ["b"]]);
    expect(crew.credit).toBe(0);
    second.move(endingOf("b", "completed", 50), undefined, 1);
    first.move(undefined, "c", 1);
    expect([givenTo(first), givenTo(second)]).toEqual([
      ["a", "c", "e"],
      ["b", "d"],
    ]);
    expect(crew.credit).toBe(0);
    second.move(undefined, "d", 1);
    expect(givenTo(second)).toEqual(["b", "d", "f"]);
    // Nothing is left for the next.
    first.move(endingOf("c", "completed", 50), "e", 1);
    expect(crew.credit).toBe(4);
  });

  test("the leases of what waits are the crew's, and it is not idle", () => {
    const { crew, first, second } = spareCrew();
    expect(idsOf(crew.held()).sort()).toEqual(["b", "c", "d", "e", "f"]);
    first.move(undefined, "c");
    first.move(endingOf("c"));
    second.move(endingOf("b"));
    expect(crew.isIdle).toBe(false);
    crew.abort(claimedTrial("e"), "lease lost");
    crew.abort(claimedTrial("d", 2), "lease lost");
    expect(idsOf(crew.held())).toEqual(["d", "f"]);
  });

  test("what waits is given back when the run is interrupted", () => {
    const { crew } = spareCrew();
    expect(idsOf(crew.interrupt())).toEqual(["d", "e", "f", "c"]);
    expect(idsOf(crew.held())).toEqual(["b"]);
  });

  test("what waits is given back when a trial runs for long, and none is claimed ahead then", () => {
    const { crew, first } = spareCrew();
    expect(crew.withdrawStalled()).toEqual([]);
    vi.advanceTimersByTime(1100);
    expect(idsOf(crew.withdrawStalled())).toEqual(["d", "e", "f"]);
    expect(crew.withdrawStalled()).toEqual([]);
    first.move(undefined, "c", 1);
    expect(crew.credit).toBe(1);
  });

  test("what is left is run though no worker asks for it when all are idle", () => {
    const { crew, first, second, assign } = openCrew();
    assign("ab");
    for (const [worker, id] of [
      [first, "a"],
      [second, "b"],
    ] as const) {
      worker.move(undefined, id);
      worker.move(endingOf(id));
    }
    expect([crew.credit, crew.isIdle]).toEqual([0, true]);
    assign("c");
    expect([...givenTo(first), ...givenTo(second)]).toContain("c");
  });
});

import { describe, expect, test } from "vitest";
import { createDeferred, type Deferred } from "../../util/deferred.ts";
import type { TrialRequest } from "../protocol.ts";
import { TrialScope } from "./trial-scope.ts";

/** A trial whose coordinator is the test. */
function openScope() {
  const asked: { readonly call: TrialRequest; readonly answer: Deferred<unknown> }[] = [];
  const points: unknown[] = [];
  const task = { id: "a", number: 0, attempt: 1, params: `{"x":1}`, seed: 7, directory: "/none" };
  const scope = new TrialScope(task, undefined, {
    request(_id, call) {
      const answer = createDeferred<unknown>();
      asked.push({ call, answer });
      return answer.promise;
    },
    sendMetrics: (_id, sent) => void points.push(...sent),
  });
  return { scope, asked, points };
}

describe("the end of a trial", () => {
  test("waits for what was asked and not awaited", async () => {
    const { scope, asked } = openScope();
    const saved = scope.saveSnapshot({ epoch: 1 });
    const kept = scope.artifact("model", "weights").catch((error: unknown) => error);
    let isOver = false;
    const over = scope.end()?.then(() => (isOver = true));
    asked[0]?.answer.resolve(1);
    expect(await saved).toBe(1);
    expect(isOver).toBe(false);
    asked[1]?.answer.reject(new Error("No room"));
    expect(await kept).toEqual(new Error("No room"));
    await over;
  });

  test("sends the metrics that were not sent yet", () => {
    const { scope, points } = openScope();
    scope.report({ loss: 1 }, 0);
    expect(points).toEqual([]);
    expect(scope.end()).toBe(undefined);
    expect(points).toMatchObject([{ name: "loss", step: 0, value: 1 }]);
  });

  test("is the end of asking", async () => {
    const { scope, asked } = openScope();
    const promise = scope.report({ loss: 1 });
    await scope.end();
    const code = "MODE";
    expect(() => scope.report({ loss: 1 })).toThrow(expect.objectContaining({ code }));
    await expect(Promise.resolve(promise)).rejects.toMatchObject({ code });
    await expect(scope.saveSnapshot(1)).rejects.toMatchObject({ code });
    await expect(scope.latestSnapshot()).rejects.toMatchObject({ code });
    expect(asked).toEqual([]);
  });
});

describe("a report", () => {
  test("asks for its commit only when it is awaited, and then after it was sent", async () => {
    const { scope, asked, points } = openScope();
    scope.report({ loss: 1 });
    expect(asked).toEqual([]);
    const awaited = Promise.resolve(scope.report({ loss: 2 }));
    await Promise.resolve();
    expect(points).toHaveLength(2);
    expect(asked.map(({ call }) => call.method)).toEqual(["flush"]);
    asked[0]?.answer.resolve(undefined);
    await awaited;
  });
});

describe("the signal", () => {
  test.each([
    ["timeout", "TIMEOUT"],
    ["lease lost", "LEASE_LOST"],
  ] as const)("says why the trial shall end: %s", async (cause, code) => {
    const { scope } = openScope();
    expect(await scope.shouldStop()).toBe(false);
    scope.abort(cause);
    expect(scope.signal.reason).toMatchObject({ code });
    expect(await scope.shouldStop()).toBe(true);
  });
});

test("a snapshot carries the random generator, which goes on from there when it is read", async () => {
  const { scope, asked } = openScope();
  scope.random.next();
  void scope.saveSnapshot({ epoch: 1 });
  const { call } = asked[0]!;
  const random = call.method === "saveSnapshot" ? call.random : "";
  const following = scope.random.next();
  const reading = scope.latestSnapshot<{ epoch: number }>();
  const sent = { number: 1, label: null, attempt: 1, createdAt: "", state: `{"epoch":1}`, random };
  asked[1]?.answer.resolve(sent);
  expect((await reading)?.state).toEqual({ epoch: 1 });
  expect(scope.random.next()).toBe(following);
});

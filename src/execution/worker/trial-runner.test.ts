import { describe, expect, test } from "vitest";
import type { AnyExperiment } from "../define-experiment.ts";
import type { FromWorker, Task } from "../protocol.ts";
import { TrialRunner } from "./trial-runner.ts";

type Run = (params: { readonly x: number }) => unknown;

/** Runs tasks with x = 0, 1, … at once; resolves with all that was sent when the last one has ended. */
async function runAll(tasks: number, run: Run, sent: FromWorker[] = []): Promise<FromWorker[]> {
  const experiment = { name: "e", run } as unknown as AnyExperiment;
  return await new Promise((resolve) => {
    let left = tasks;
    const runner = new TrialRunner(experiment, {
      objectives: [],
      maxAhead: tasks,
      store: async (build) => await build(),
      send: (message) => {
        sent.push(message);
        if (message.type !== "moved" || message.ended === undefined) return;
        left -= 1;
        if (message.ended.status === "broken") {
          queueMicrotask(() => runner.receive({ type: "continue" }));
        }
        if (left === 0) setImmediate(() => resolve(sent));
      },
    });
    runner.receive({ type: "run", tasks: Array.from({ length: tasks }, (_, x) => toTask(x)) });
  });
}

function toTask(x: number): Task {
  const params = JSON.stringify({ x });
  return { id: `t${String(x)}`, number: x, attempt: 1, params, seed: x, directory: "/none" };
}

function spend(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until) continue;
}

/** What was sent of starts and ends, in order. */
function course(sent: readonly FromWorker[]): string[] {
  return sent.flatMap((message) => {
    if (message.type !== "moved") return [];
    const { ended, started } = message;
    return [
      ...(ended === undefined ? [] : [`${ended.id} ${ended.status}`]),
      ...(started === undefined ? [] : [`${started.id} started`]),
    ];
  });
}

describe("a worker that runs tasks", () => {
  test("tells each start before the code runs, and each end, whether it waits or not", async () => {
    const thenable = { then: (resolve: (value: unknown) => void) => resolve({ y: 2 }) };
    const returned = [{ y: 0 }, Promise.resolve({ y: 1 }), thenable, undefined, { then: 4 }];
    const sent: FromWorker[] = [];
    const seen: string[] = [];
    await runAll(
      returned.length,
      ({ x }) => {
        seen.push(course(sent).at(-1) ?? "");
        return returned[x];
      },
      sent,
    );
    expect(seen).toEqual(returned.map((_, x) => `t${String(x)} started`));
    expect(course(sent)).toEqual(
      returned.flatMap((_, x) => [`t${String(x)} started`, `t${String(x)} completed`]),
    );
    const results = sent.flatMap((m) => (m.type === "moved" ? (m.ended?.results ?? []) : []));
    expect(results).toEqual(['{"y":0}', '{"y":1}', '{"y":2}', "{}", '{"then":4}']);
  });

  test("breaks the trial of code that throws, rejects, or whose result cannot be waited for", async () => {
    const failures: Run[] = [
      () => {
        throw new Error("thrown");
      },
      async () => await Promise.reject(new Error("thrown")),
      () => Object.defineProperty({}, "then", { get: () => refuse() }),
      () => ({ f: () => 1 }),
    ];
    const sent = await runAll(failures.length, (params) => failures[params.x]?.(params));
    expect(course(sent)).toEqual(
      failures.flatMap((_, x) => [`t${String(x)} started`, `t${String(x)} broken`]),
    );
  });

  test("lets what waits have its turn between trials that never wait", async () => {
    let turns = 0;
    let isWaiting = true;
    const turn = (): void => {
      turns += 1;
      if (isWaiting) setTimeout(turn, 0);
    };
    setTimeout(turn, 0);
    let turnsSeen = 0;
    await runAll(200, ({ x }) => {
      spend(1);
      if (x === 199) turnsSeen = turns;
    });
    isWaiting = false;
    expect(turnsSeen).toBeGreaterThanOrEqual(4);
  });
});

function refuse(): never {
  throw new Error("No such property");
}

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  claimedTrial as claimed,
  endingOf as ending,
  scriptedWorkers,
  type ScriptedWorker,
} from "../../test/support/scripted-workers.ts";
import { Seat } from "./seat.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface SeatSettings {
  readonly timeoutMs?: number;
  readonly noProgressTimeoutMs?: number;
  readonly isInline?: boolean;
}

function openSeat(options: SeatSettings = {}) {
  const { host, workers } = scriptedWorkers();
  const heard: unknown[][] = [];
  const seat = new Seat(
    host,
    {
      onDescribed: () => undefined,
      onUnusable: ({ error }) => void heard.push(["unusable", error.code, error.message]),
      onPull: () => undefined,
      onStarted: ({ id }, _at, worker) => void heard.push(["started", id, worker]),
      onMetrics: ({ id }) => void heard.push(["metrics", id]),
      onEnded: ({ id, token }, _, ended, cause) =>
        void heard.push(["ended", id, token, ended?.status, cause?.kind]),
      onRequest: ({ id }) => void heard.push(["request", id]),
      onSilent: (trials) => void heard.push(["silent", trials.map(({ id }) => id)]),
      onOutput: (text) => void heard.push(["output", text]),
    },
    {
      timeoutMs: options.timeoutMs,
      noProgressTimeoutMs: options.noProgressTimeoutMs,
      canEndWorker: options.isInline !== true,
      toTask: ({ id }) => ({ id, number: 0, attempt: 1, params: "{}", seed: 1, directory: "" }),
    },
  );
  seat.open();
  const worker = (): ScriptedWorker => workers.at(-1)!;
  const described = (): void => worker().describe();
  return { seat, workers, worker, described, heard };
}

/** A seat whose worker runs the first of these trials. */
function runningSeat(ids: readonly string[], options: Parameters<typeof openSeat>[0] = {}) {
  const opened = openSeat(options);
  opened.described();
  opened.seat.assign(ids.map((id) => claimed(id)));
  opened.worker().move(undefined, ids[0]);
  opened.heard.length = 0;
  return opened;
}

const posted = ({ posted: messages }: ScriptedWorker) =>
  messages.map((message) => (message.type === "run" ? message.tasks.map(({ id }) => id) : message));

describe("a worker", () => {
  test("gets its trials when it has loaded the code", () => {
    const { seat, worker, described } = openSeat();
    seat.assign([claimed("a"), claimed("b")]);
    expect(worker().posted).toEqual([]);
    described();
    seat.assign([claimed("c")]);
    expect(posted(worker())).toEqual([["a", "b"], ["c"]]);
    expect([...seat.held()].map(({ id }) => id)).toEqual(["a", "b", "c"]);
  });

  test("moves from trial to trial; the seat is idle after the last one", () => {
    const { seat, worker, described, heard } = openSeat();
    described();
    seat.assign([claimed("a"), claimed("b")]);
    worker().move(undefined, "a");
    worker().move(ending("a"), "b");
    expect(seat.queued).toBe(0);
    expect(seat.isIdle).toBe(false);
    worker().move(ending("b", "broken"));
    expect(seat.isIdle).toBe(true);
    expect(heard).toEqual([
      ["started", "a", "worker 1"],
      ["ended", "a", 1, "completed", undefined],
      ["started", "b", "worker 1"],
      ["ended", "b", 1, "broken", undefined],
    ]);
  });

  test("gets nothing more behind a trial that runs for over a second, though it asked before", () => {
    const { seat, worker } = runningSeat(["a"]);
    worker().tell({ type: "moved", pull: 7 });
    expect([seat.credit, seat.isStalled]).toEqual([7, false]);
    vi.advanceTimersByTime(1001);
    expect([seat.credit, seat.isStalled]).toEqual([0, true]);
    worker().move(ending("a"));
    expect([seat.credit, seat.isStalled]).toEqual([7, false]);
  });

  test("that ends before it has loaded the code makes the file unusable", () => {
    const { worker, heard } = openSeat();
    worker().listener.onExit({ cause: "error", message: "exit code 3" });
    expect(heard).toEqual([
      ["unusable", "INVALID_FILE", "While the file was imported: exit code 3"],
    ]);
  });

  test("that ends before its first trial is not started again and again", () => {
    const { seat, workers, worker, described, heard } = openSeat();
    described();
    seat.assign([claimed("a")]);
    worker().listener.onExit({ cause: "error", message: "exit code 3" });
    expect(heard).toEqual([["unusable", "SETUP_FAILED", "Before its first trial: exit code 3"]]);
    expect(workers).toHaveLength(1);
  });
});

describe("a worker that is lost", () => {
  test("is replaced only when there is something to run", () => {
    const { seat, workers, worker } = runningSeat(["a"]);
    worker().listener.onExit({ cause: "lost", message: "gone" });
    expect(workers).toHaveLength(1);
    seat.assign([claimed("b")]);
    expect(workers).toHaveLength(2);
  });

  test("before it has told what the experiment is, is replaced though there is nothing to run", () => {
    const { workers, worker, described, seat, heard } = openSeat();
    worker().listener.onExit({ cause: "lost", message: "killed" });
    expect(workers).toHaveLength(2);
    described();
    expect([seat.credit, heard]).toEqual([1, []]);
  });

  test("before its first trial is replaced, but not for ever", () => {
    const { seat, workers, worker, heard } = openSeat();
    seat.assign([claimed("a")]);
    for (let losses = 0; losses < 3; losses += 1) {
      worker().listener.onExit({ cause: "lost", message: "killed" });
    }
    expect(workers).toHaveLength(3);
    expect(heard).toEqual([["unusable", "INVALID_FILE", "While the file was imported: killed"]]);
  });

  test("takes its trial with it; the next worker goes on with the others", () => {
    const { seat, workers, worker, described, heard } = runningSeat(["a", "b", "c"]);
    worker().listener.onExit({ cause: "lost", message: "gone" });
    expect(heard).toEqual([["ended", "a", 1, undefined, "worker lost"]]);
    expect(workers).toHaveLength(2);
    expect(seat.queued).toBe(2);
    described();
    expect(posted(worker())).toEqual([["b", "c"]]);
  });

  test("is not heard any more", () => {
    const { workers, heard } = runningSeat(["a", "b"]);
    workers[0]!.listener.onExit({ cause: "lost", message: "gone" });
    heard.length = 0;
    workers[0]!.move(ending("a"));
    workers[0]!.listener.onExit({ cause: "lost", message: "gone" });
    expect(heard).toEqual([]);
    expect(workers).toHaveLength(2);
  });
});

describe("a trial that runs into its limit", () => {
  test("is asked to end, and keeps its worker when it does", async () => {
    const { workers, worker, heard } = runningSeat(["a"], { timeoutMs: 300 });
    await vi.advanceTimersByTimeAsync(300);
    expect(posted(worker()).at(-1)).toEqual({ type: "abort", id: "a", cause: "timeout" });
    worker().move(ending("a"));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(heard).toEqual([["ended", "a", 1, "completed", "timeout"]]);
    expect(workers).toHaveLength(1);
  });

  test("is ended with its worker when it does not, and is held until that is gone", async () => {
    const { seat, workers, worker, described, heard } = runningSeat(["a", "b"], { timeoutMs: 300 });
    await vi.advanceTimersByTimeAsync(300);
    expect(workers[0]!.isTerminated).toBe(false);
    expect(seat.isIdle).toBe(false);
    expect([...seat.held()].map(({ id }) => id)).toEqual(["a", "b"]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(workers[0]!.isTerminated).toBe(true);
    expect(heard).toEqual([["ended", "a", 1, undefined, "timeout"]]);
    described();
    expect(posted(worker())).toEqual([["b"]]);
  });

  test("in the calling thread can only be asked", async () => {
    const { seat, workers } = runningSeat(["a"], { timeoutMs: 300, isInline: true });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(workers).toHaveLength(1);
    expect(workers[0]!.isTerminated).toBe(false);
    expect(seat.isIdle).toBe(false);
  });

  test.each([Infinity, 2 ** 40])("has time when the limit is %s", async (timeoutMs) => {
    const { worker } = runningSeat(["a"], { timeoutMs });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(posted(worker())).toEqual([["a"]]);
  });
});

describe("a trial that shows no progress", () => {
  const signs: readonly (readonly [does: string, show: (worker: ScriptedWorker) => void])[] = [
    ["reports", ({ tell }) => tell({ type: "metrics", id: "a", points: [] })],
    ["asks or saves", ({ tell }) => tell({ type: "request", request: 1, id: "a", call: asking })],
    ["logs", ({ tell }) => tell({ type: "output", stream: "stdout", text: "b" })],
    ["has something written", ({ listener }) => listener.onOutput("b", "stderr")],
  ];
  const asking = { method: "snapshots" } as const;

  test.each(signs)("is asked to end, and not while it %s", async (_does, show) => {
    const { worker } = runningSeat(["a"], { noProgressTimeoutMs: 300 });
    for (let i = 0; i < 5; i += 1) {
      await vi.advanceTimersByTimeAsync(299);
      show(worker());
    }
    expect(posted(worker()).at(-1)).not.toMatchObject({ type: "abort" });
    await vi.advanceTimersByTimeAsync(300);
    expect(posted(worker()).at(-1)).toEqual({ type: "abort", id: "a", cause: "no progress" });
  });
});

describe("trials that are taken back", () => {
  test("are those that were not started; the one that runs is asked to end", () => {
    const { seat, worker, heard } = runningSeat(["a", "b", "c"]);
    expect(seat.interrupt().map(({ id }) => id)).toEqual(["b", "c"]);
    expect(posted(worker()).slice(1)).toEqual([
      { type: "drop" },
      { type: "abort", id: "a", cause: "interrupted" },
    ]);
    worker().move(ending("a", "interrupted"));
    expect(heard).toEqual([["ended", "a", 1, "interrupted", "interrupted"]]);
    expect(seat.isIdle).toBe(true);
  });

  test("are asked to end when the worker went on to them already, and nothing is told of them", async () => {
    const { seat, workers, worker, heard } = runningSeat(["a", "b"]);
    seat.interrupt();
    heard.length = 0;
    worker().move(ending("a"), "b");
    expect(posted(worker()).at(-1)).toEqual({ type: "abort", id: "b", cause: "interrupted" });
    worker().tell({ type: "metrics", id: "b", points: [] });
    expect(seat.isIdle).toBe(false);
    expect([...seat.held()]).toEqual([]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(workers[0]!.isTerminated).toBe(true);
    expect(seat.isIdle).toBe(true);
    expect(heard).toEqual([["ended", "a", 1, "completed", "interrupted"]]);
  });

  test("get an error for what they ask of the storage", () => {
    const { seat, worker } = runningSeat(["a", "b"]);
    seat.interrupt();
    worker().move(ending("a"), "b");
    worker().tell({ type: "request", request: 4, id: "b", call: { method: "snapshots" } });
    expect(worker().posted.at(-1)).toMatchObject({
      type: "reply",
      request: 4,
      result: { ok: false, error: { code: "LEASE_LOST" } },
    });
  });
});

describe("a worker that was given trials and says nothing", () => {
  /** More than long enough. */
  const wait = () => vi.advanceTimersByTimeAsync(10_000);

  /** A worker that has run a trial and was given two more. */
  function owingSeat() {
    const opened = runningSeat(["a"]);
    opened.worker().move(ending("a"));
    opened.worker().tell({ type: "moved", pull: 2 });
    opened.heard.length = 0;
    opened.seat.assign([claimed("b"), claimed("c")]);
    return opened;
  }

  test("is replaced; its trials are for others, and nothing is heard of it any more", async () => {
    const { seat, workers, worker, heard } = owingSeat();
    const silent = worker();
    await wait();
    expect(heard).toEqual([["silent", ["b", "c"]]]);
    expect([silent.isTerminated, seat.isIdle, seat.credit]).toEqual([true, true, 1]);
    silent.move(undefined, "b");
    silent.move(ending("b"), "c");
    expect(heard).toHaveLength(1);
    seat.assign([claimed("b", 2)]);
    expect(workers).toHaveLength(2);
  });

  test("gets nothing more as soon as that is in doubt", async () => {
    const { seat, worker } = owingSeat();
    worker().tell({ type: "moved", pull: 5 });
    expect(seat.credit).toBe(5);
    await vi.advanceTimersByTimeAsync(3000);
    expect(seat.credit).toBe(0);
    worker().move(undefined, "b");
    expect(seat.credit).toBe(5);
  });

  test("is left alone when it speaks in time, and while it runs a trial", async () => {
    const { workers, worker, heard } = owingSeat();
    for (let i = 0; i < 5; i += 1) {
      await vi.advanceTimersByTimeAsync(3000);
      worker().tell({ type: "output", stream: "stdout", text: "." });
    }
    worker().move(undefined, "b");
    await wait();
    expect(heard.some(([what]) => what === "silent")).toBe(false);
    expect([workers.length, worker().isTerminated]).toEqual([1, false]);
  });

  test("may take its time before its first trial, unless it is stopped", async () => {
    const { seat, worker, described, heard } = openSeat();
    described();
    seat.assign([claimed("a")]);
    await wait();
    expect([heard, worker().isTerminated]).toEqual([[], false]);
    worker().isStopped = true;
    await wait();
    expect([heard, worker().isTerminated]).toEqual([[["silent", ["a"]]], true]);
  });

  test("has no other to take its place in the calling thread", async () => {
    const { worker, heard, seat } = runningSeat(["a"], { isInline: true });
    worker().move(ending("a"));
    heard.length = 0;
    seat.assign([claimed("b")]);
    await wait();
    expect(heard).toEqual([]);
  });
});

describe("a lost lease", () => {
  test("ends the trial that was claimed under it", () => {
    const { seat, worker } = runningSeat(["a", "b"]);
    seat.abort(claimed("a"), "lease lost");
    expect(posted(worker()).at(-1)).toEqual({ type: "abort", id: "a", cause: "lease lost" });
    expect(seat.queued).toBe(1);
  });

  test("of a trial that was not started makes the worker forget it", () => {
    const { seat, worker } = runningSeat(["a", "b"]);
    seat.abort(claimed("b"), "lease lost");
    expect(posted(worker()).at(-1)).toEqual({ type: "abort", id: "b", cause: "lease lost" });
    expect(seat.queued).toBe(0);
  });

  test("of an earlier claim does not touch a later one of the same trial", () => {
    const { seat, worker, described } = openSeat();
    described();
    seat.assign([claimed("a", 2), claimed("b", 2)]);
    worker().move(undefined, "a");
    seat.abort(claimed("a", 1), "lease lost");
    seat.abort(claimed("b", 1), "lease lost");
    expect(posted(worker())).toEqual([["a", "b"]]);
    expect(seat.queued).toBe(1);
  });
});

import { describe, expect, test } from "vitest";
import { createDeferred } from "../util/deferred.ts";
import type { WorkerListener } from "./executor.ts";
import type { FromWorker, ToRunner } from "./protocol.ts";
import { WorkerSlot } from "./worker-slot.ts";

/** A slot whose workers do nothing by themselves: the test speaks for them. */
function openSlot(terminating: Promise<unknown> = Promise.resolve()) {
  const workers: { readonly says: WorkerListener; readonly posted: ToRunner[] }[] = [];
  const heard: unknown[][] = [];
  const slot = new WorkerSlot(
    {
      launch(says) {
        const posted: ToRunner[] = [];
        workers.push({ says, posted });
        return {
          name: `worker ${String(workers.length)}`,
          post: (message) => void posted.push(message),
          terminate: async () => {
            await terminating;
          },
        };
      },
    },
    {
      onMessage: (message) => void heard.push([message.type]),
      onReady: (trials) => void heard.push(["ready", trials]),
      onOutput: (text) => void heard.push(["output", text]),
      onLost: ({ message }) => void heard.push(["lost", message]),
      onUnusable: ({ code, message }) => void heard.push(["unusable", code, message]),
    },
  );
  const says = (message: FromWorker): void => workers.at(-1)!.says.onMessage(message);
  const exits = (message: string, cause: "error" | "lost" = "lost"): void =>
    workers.at(-1)!.says.onExit({ cause, message });
  return { slot, workers, heard, says, exits };
}

const ready: FromWorker = { type: "moved", pull: 2 };
const started: FromWorker = { type: "moved", started: { id: "a", at: 0 } };

describe("a worker", () => {
  test("is started once, and is told nothing before it has loaded the code", () => {
    const { slot, workers, heard, says } = openSlot();
    slot.open();
    slot.open();
    slot.post({ type: "drop" });
    expect(workers).toHaveLength(1);
    says(ready);
    slot.post({ type: "continue" });
    expect(workers[0]?.posted).toEqual([{ type: "continue" }]);
    expect(heard).toEqual([["ready", 2]]);
    expect([slot.name, slot.isReady]).toEqual(["worker 1", true]);
  });

  test("that is gone in a trial is lost, with what it said of its end", () => {
    const { slot, heard, says, exits } = openSlot();
    slot.open();
    says(ready);
    says(started);
    says({ type: "crashed", error: { cause: "error", message: "Nothing caught: No" } });
    exits("exit code 1");
    expect(heard.slice(1)).toEqual([["moved"], ["lost", "Nothing caught: No"]]);
    expect(slot.isReady).toBe(false);
  });

  test("that follows a crashed one is not blamed for it", () => {
    const { slot, heard, says, exits } = openSlot();
    slot.open();
    says(ready);
    says(started);
    says({ type: "crashed", error: { cause: "error", message: "Nothing caught: No" } });
    exits("exit code 1");
    slot.open();
    says(ready);
    says(started);
    exits("killed");
    expect(heard.at(-1)).toEqual(["lost", "killed"]);
  });
});

describe("a worker that is lost before its first trial", () => {
  test("is unusable when it ended by itself: the next would too", () => {
    const { slot, heard, says, exits } = openSlot();
    slot.open();
    exits("exit code 3", "error");
    slot.open();
    says(ready);
    exits("exit code 3", "error");
    expect(heard.filter(([what]) => what === "unusable")).toEqual([
      ["unusable", "INVALID_FILE", "While the file was imported: exit code 3"],
      ["unusable", "SETUP_FAILED", "Before its first trial: exit code 3"],
    ]);
  });

  test("is followed by another when it was killed, three times in a row at most", () => {
    const { slot, heard, says, exits } = openSlot();
    const lose = () => {
      slot.open();
      exits("killed");
      return heard.at(-1)?.[0];
    };
    expect([lose(), lose()]).toEqual(["lost", "lost"]);
    slot.open();
    says(ready);
    says(started);
    exits("killed");
    expect([lose(), lose(), lose()]).toEqual(["lost", "lost", "unusable"]);
  });
});

describe("a worker that is ended", () => {
  test("is not heard any more, and its successor starts when it is gone", async () => {
    const gone = createDeferred<undefined>();
    const { slot, workers, heard, says, exits } = openSlot(gone.promise);
    slot.open();
    says(ready);
    heard.length = 0;
    const ending = slot.end();
    slot.open();
    says(started);
    exits("killed");
    expect([workers.length, heard.length, slot.isReady]).toEqual([1, 0, false]);
    gone.resolve(undefined);
    expect(await ending).toBe(true);
    slot.open();
    expect(workers).toHaveLength(2);
  });

  test("has no successor when the slot was closed meanwhile", async () => {
    const gone = createDeferred<undefined>();
    const { slot, says } = openSlot(gone.promise);
    slot.open();
    says(ready);
    const ending = slot.end();
    const closing = slot.close();
    gone.resolve(undefined);
    await closing;
    expect(await ending).toBe(false);
  });

  test("by closing the slot is no loss", async () => {
    const { slot, heard, says, exits } = openSlot();
    slot.open();
    says(ready);
    await slot.close();
    exits("killed");
    expect(heard).toEqual([["ready", 2]]);
  });
});

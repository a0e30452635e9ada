import { availableParallelism } from "node:os";
import { describe, expect, test } from "vitest";
import { threads } from "./executors/threads.ts";
import { resolveExecutor, type ExecutorChoice } from "./named-executor.ts";

const cores = availableParallelism();

function chosen(choice: ExecutorChoice, program: "file" | "object" = "file") {
  const { name, workers, isInline } = resolveExecutor(choice, program);
  return [name, workers, isInline];
}

describe("without a name", () => {
  test("a file is run on as many threads as there are cores", () => {
    expect(chosen({})).toEqual(["threads", cores, false]);
    expect(chosen({ workers: 3 })).toEqual(["threads", 3, false]);
  });

  test("an experiment that is an object is run in the calling thread", () => {
    expect(chosen({}, "object")).toEqual(["inline", 1, true]);
  });

  test("threads per process mean the hybrid", () => {
    expect(chosen({ threadsPerProcess: 3, workers: 2 })).toEqual(["hybrid", 6, false]);
  });
});

describe("by its name", () => {
  test.each<[choice: ExecutorChoice, found: unknown[]]>([
    [{ executor: "threads" }, ["threads", cores, false]],
    [{ executor: "threads", workers: 5 }, ["threads", 5, false]],
    [{ executor: "processes" }, ["processes", cores, false]],
    [{ executor: "processes", workers: 5 }, ["processes", 5, false]],
    [{ executor: "hybrid", workers: 2, threadsPerProcess: 4 }, ["hybrid", 8, false]],
    [{ executor: "hybrid" }, ["hybrid", Math.max(1, Math.floor(cores / 2)) * 2, false]],
    [{ executor: "serial" }, ["serial", 1, false]],
    [{ executor: "serial", workers: 1 }, ["serial", 1, false]],
    [{ executor: "inline" }, ["inline", 1, true]],
  ])("%j", (choice, found) => {
    expect(chosen(choice)).toEqual(found);
  });
});

test("an executor that was made is taken as it is", () => {
  const executor = threads(7);
  expect(resolveExecutor({ executor }, "file")).toBe(executor);
});

describe("a choice that cannot be is one line", () => {
  const all = "one of threads, processes, hybrid, serial, inline";
  test.each<[choice: ExecutorChoice, message: string]>([
    [{ executor: "thread" }, `Unknown executor "thread"; did you mean "threads"? (${all})`],
    [{ executor: "proceses" }, `Unknown executor "proceses"; did you mean "processes"? (${all})`],
    [{ executor: "slurm" }, `Unknown executor "slurm" (${all})`],
    [{ executor: "" }, `Unknown executor "" (${all})`],
    [
      { executor: "processes", threadsPerProcess: 2 },
      'Threads per process go with the executor "hybrid", not with "processes"',
    ],
    [{ executor: "serial", workers: 2 }, 'The executor "serial" has one worker, not 2'],
    [{ executor: "inline", workers: 2 }, 'The executor "inline" has one worker, not 2'],
    [
      { executor: threads(2), workers: 2 },
      "workers and threadsPerProcess go with the name of an executor, not with an object",
    ],
    [{ workers: 0 }, "workers is a whole number from 1 to 1024, got 0"],
    [
      { executor: "hybrid", workers: 1, threadsPerProcess: 0.5 },
      "threadsPerProcess is a whole number from 1 to 1024, got 0.5",
    ],
  ])("%j", (choice, message) => {
    expect(() => resolveExecutor(choice, "file")).toThrow(
      expect.objectContaining({ code: "USAGE", message }) as Error,
    );
  });
});

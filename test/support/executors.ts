import { hybrid, processes, serial, threads, type Executor } from "assay";

/** The executors that run trials beside the calling thread, and how they are asked for on the command line. */
export const executors: readonly (readonly [
  name: string,
  make: () => Executor,
  flags: readonly string[],
])[] = [
  ["serial", serial, ["--executor", "serial"]],
  ["threads", () => threads(2), ["--executor", "threads", "--workers", "2"]],
  ["processes", () => processes(2), ["--executor", "processes", "--workers", "2"]],
  [
    "hybrid",
    () => hybrid({ processes: 1, threadsPerProcess: 2 }),
    ["--executor", "hybrid", "--workers", "1", "--threads-per-process", "2"],
  ],
];

/** Those with two workers. */
export const parallelExecutors: typeof executors = executors.slice(1);

/**
 * Text of an experiment file: `meet(n)` waits until trials of both workers have come to it; `worker` names
 * the one that this is.
 */
export const meeting = `
import { readFileSync } from "node:fs";
import { threadId } from "node:worker_threads";
const worker = process.pid + "/" + threadId;
async function meet(n) {
  appendFileSync(folder + "met", worker + "\\n");
  const others = () => new Set(readFileSync(folder + "met", "utf8").trim().split("\\n"));
  while (others().size < 2) await sleep(5);
}
`;

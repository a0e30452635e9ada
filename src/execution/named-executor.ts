import { availableParallelism } from "node:os";
import { AssayError } from "../errors/assay-error.ts";
import { didYouMean } from "../util/nearest.ts";
import type { Executor, Program } from "./executor.ts";
import { hybrid } from "./executors/hybrid.ts";
import { inline } from "./executors/inline.ts";
import { processes } from "./executors/processes.ts";
import { serial, threads } from "./executors/threads.ts";

/** The executors that have a name. */
export const executorNames = ["threads", "processes", "hybrid", "serial", "inline"] as const;
export type ExecutorName = (typeof executorNames)[number];

/** Which executor is asked for. */
export interface ExecutorChoice {
  readonly executor?: string | Executor;
  readonly workers?: number;
  readonly threadsPerProcess?: number;
}

const defaults = { file: "threads", command: "processes", object: "inline" } as const;
const defaultThreads = 2;

/**
 * The executor that is asked for, or the one that suits the program.
 * @throws `USAGE` for an unknown name, or numbers that the executor does not take
 */
export function resolveExecutor(
  { executor, workers, threadsPerProcess }: ExecutorChoice,
  program: Program["kind"],
): Executor {
  if (typeof executor === "object") {
    if (workers === undefined && threadsPerProcess === undefined) return executor;
    throw usage(
      "workers and threadsPerProcess go with the name of an executor, not with an object",
    );
  }
  const implied = threadsPerProcess === undefined ? defaults[program] : "hybrid";
  const name = checkName(executor ?? implied);
  if (threadsPerProcess !== undefined && name !== "hybrid") {
    throw usage(`Threads per process go with the executor "hybrid", not with "${name}"`);
  }
  const cores = availableParallelism();
  switch (name) {
    case "threads":
      return threads(workers ?? cores);
    case "processes":
      return processes(workers ?? cores);
    case "hybrid": {
      const threads = threadsPerProcess ?? defaultThreads;
      const fitting = Math.max(1, Math.floor(cores / threads));
      return hybrid({ processes: workers ?? fitting, threadsPerProcess: threads });
    }
    case "serial":
    case "inline":
      if (workers !== undefined && workers !== 1) {
        throw usage(`The executor "${name}" has one worker, not ${String(workers)}`);
      }
      return name === "serial" ? serial() : inline();
  }
}

function checkName(text: string): ExecutorName {
  const name = executorNames.find((candidate) => candidate === text);
  if (name !== undefined) return name;
  throw new AssayError(
    "USAGE",
    `Unknown executor "${text}"${didYouMean(text, executorNames)} (one of ${executorNames.join(", ")})`,
    { details: { value: text, accepted: executorNames } },
  );
}

function usage(message: string): AssayError {
  return new AssayError("USAGE", message);
}

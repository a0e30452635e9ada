import type { WorkerOptions } from "node:worker_threads";

/**
 * Node's options for a worker thread: those of this process. A process that runs a text (`node --eval`) has
 * some that Node refuses for files, and then a thread gets none.
 */
export function threadArguments(): Pick<WorkerOptions, "execArgv"> {
  const isOfText = process.execArgv.some((option) => option.startsWith("--input-type"));
  return isOfText ? { execArgv: [] } : {};
}

import { hostname } from "node:os";
import { AssayError } from "../../errors/assay-error.ts";
import type { TrialError } from "../../model/trial.ts";
import type { Executor, Program, WorkerHandle, WorkerListener } from "../executor.ts";
import type { FromWorker, ToWorker } from "../protocol.ts";
import { toTrialError } from "../worker/trial-error.ts";
import { takeThread } from "./spare-thread.ts";

/** One trial at a time, in one worker thread: trials cannot block leases, and limits are enforced from outside. */
export function serial(): Executor {
  return { name: "serial", workers: 1, isInline: false, launch: launchThread };
}

let launched = 0;

function launchThread(program: Program, listener: WorkerListener): WorkerHandle {
  if (program.kind !== "file") {
    throw new AssayError(
      "UNSUPPORTED",
      'Only the executor "inline" runs an experiment that is an object; pass the path of its file to execute',
    );
  }
  const worker = takeThread();
  worker.postMessage({ type: "load", program: program.program } satisfies ToWorker);
  let isEnding = false;
  let failure: TrialError | undefined;
  worker.on("message", (message: FromWorker) => {
    listener.onMessage(message);
  });
  worker.on("error", (error: unknown) => {
    failure = toFailure(error);
  });
  worker.on("exit", (code) => {
    if (isEnding) return;
    const message = `The code called process.exit: the worker thread ended with exit code ${String(code)}`;
    listener.onExit(failure ?? { cause: "lost", message });
  });
  for (const stream of [worker.stdout, worker.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      listener.onOutput(text);
    });
  }
  launched += 1;
  return {
    name: `${hostname()}:${String(process.pid)}/thread-${String(launched)}`,
    post(message: ToWorker) {
      worker.postMessage(message);
    },
    async terminate() {
      isEnding = true;
      await worker.terminate();
    },
  };
}

/** What ended a thread from inside: its memory, or an error that nothing caught. */
function toFailure(error: unknown): TrialError {
  const { message, stack } = toTrialError(error);
  if (error instanceof Error && Reflect.get(error, "code") === "ERR_WORKER_OUT_OF_MEMORY") {
    return { cause: "memory", message: `The worker thread ran out of memory: ${error.message}` };
  }
  const failure = { cause: "lost", message: `Nothing caught: ${message}` } as const;
  return stack === undefined ? failure : { ...failure, stack };
}

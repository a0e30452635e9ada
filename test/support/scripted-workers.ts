import type { WorkerHost, WorkerListener } from "../../src/execution/executor.ts";
import type { Ending, FromWorker, ToRunner } from "../../src/execution/protocol.ts";
import type { ClaimedTrial } from "../../src/storage/leases.ts";

/** A worker that does nothing by itself: the test speaks for it. */
export interface ScriptedWorker {
  readonly listener: WorkerListener;
  readonly posted: ToRunner[];
  isTerminated: boolean;
  isStopped: boolean;
  tell(message: FromWorker): void;
  /** Tells what its file describes, and asks for a trial. */
  describe(): void;
  /** Goes on: tells that a trial ended and another started, and may ask for more. */
  move(ended: Ending | undefined, started?: string, pull?: number): void;
}

/** A host of such workers, and those that it started. */
export function scriptedWorkers(): { host: WorkerHost; workers: ScriptedWorker[] } {
  const workers: ScriptedWorker[] = [];
  const host: WorkerHost = {
    launch(listener) {
      const worker = scriptedWorker(listener);
      workers.push(worker);
      return {
        name: `worker ${workers.length}`,
        post: (message) => void worker.posted.push(message),
        terminate: async () => {
          worker.isTerminated = true;
        },
        isStopped: async () => worker.isStopped,
      };
    },
  };
  return { host, workers };
}

const nothingDeclared = {
  name: "x",
  space: "",
  objective: undefined,
  algorithm: undefined,
  maxTrials: undefined,
  seed: undefined,
};

function scriptedWorker(listener: WorkerListener): ScriptedWorker {
  const tell = (message: FromWorker): void => listener.onMessage(message);
  return {
    listener,
    posted: [],
    isTerminated: false,
    isStopped: false,
    tell,
    describe: () => {
      tell({ type: "described", experiment: nothingDeclared });
      tell({ type: "moved", pull: 1 });
    },
    move: (ended, started, pull) =>
      tell({
        type: "moved",
        ...(ended === undefined ? {} : { ended }),
        ...(started === undefined ? {} : { started: { id: started, at: 0 } }),
        ...(pull === undefined ? {} : { pull }),
      }),
  };
}

export function claimedTrial(id: string, token = 1): ClaimedTrial {
  const rest = {
    experiment: 1,
    number: 0,
    attempt: 0,
    params: "{}",
    seed: 1,
    losses: 0,
    failures: 0,
  };
  return { id, token, ...rest };
}

export function endingOf(
  id: string,
  status: Ending["status"] = "completed",
  durationMs = 1,
): Ending {
  return { id, status, endedAt: 1, durationMs };
}

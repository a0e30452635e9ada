import { hostname } from "node:os";
import { toErrorData } from "../../errors/assay-error.ts";
import { parseObjectives } from "../../model/objective.ts";
import type { AnyExperiment } from "../define-experiment.ts";
import type {
  Executor,
  Program,
  WorkerHandle,
  WorkerListener,
  WorkerSettings,
} from "../executor.ts";
import type { FromWorker, ToRunner } from "../protocol.ts";
import { describeExperiment } from "../worker/describe.ts";
import { loadExperiment } from "../worker/load-experiment.ts";
import { TrialRunner } from "../worker/trial-runner.ts";

/**
 * One trial at a time in the calling thread: for closures and debuggers. Limits are cooperative here: a
 * trial is asked to end by its signal and cannot be made to.
 */
export function inline(): Executor {
  return {
    name: "inline",
    workers: 1,
    isInline: true,
    open: (settings) => ({ launch: (listener) => launch(settings, listener) }),
  };
}

function launch({ program, maxAhead }: WorkerSettings, listener: WorkerListener): WorkerHandle {
  let runner: TrialRunner | undefined;
  let isEnded = false;
  const send = (message: FromWorker): void => {
    if (!isEnded) listener.onMessage(message);
  };
  const start = async (): Promise<void> => {
    try {
      const experiment = await experimentOf(program);
      const objectives = parseObjectives(experiment.objective);
      const store = async (build: () => Promise<unknown>): Promise<unknown> => await build();
      runner = new TrialRunner(experiment, { send, objectives, maxAhead, store });
      send({ type: "described", experiment: describeExperiment(experiment) });
      runner.start();
    } catch (error) {
      send({ type: "unusable", error: toErrorData(error) });
    }
  };
  void start();
  return {
    name: `${hostname()}:${String(process.pid)}/inline`,
    // A worker asks before it is told anything.
    post: (message: ToRunner) => runner?.receive(message),
    terminate() {
      isEnded = true;
      return Promise.resolve();
    },
  };
}

async function experimentOf(program: Program): Promise<AnyExperiment> {
  if (program.kind === "object") return program.experiment;
  process.setSourceMapsEnabled(true);
  return await loadExperiment(program);
}

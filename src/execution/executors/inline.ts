import { hostname } from "node:os";
import { toErrorData } from "../../errors/assay-error.ts";
import { parseObjectives } from "../../model/objective.ts";
import type { AnyExperiment } from "../define-experiment.ts";
import type { Executor, Program, WorkerHandle, WorkerListener } from "../executor.ts";
import type { FromWorker, ToRunner } from "../protocol.ts";
import { describeExperiment } from "../worker/describe.ts";
import { loadExperiment } from "../worker/load-experiment.ts";
import { TrialRunner } from "../worker/trial-runner.ts";

/**
 * One trial at a time in the calling thread: for closures and debuggers. Limits are cooperative here: a
 * trial is asked to end by its signal and cannot be made to.
 */
export function inline(): Executor {
  return { name: "inline", workers: 1, isInline: true, launch: launchInline };
}

function launchInline(program: Program, listener: WorkerListener): WorkerHandle {
  let runner: TrialRunner | undefined;
  let isEnded = false;
  const early: ToRunner[] = [];
  const send = (message: FromWorker): void => {
    if (!isEnded) listener.onMessage(message);
  };
  const start = async (): Promise<void> => {
    try {
      const experiment = await experimentOf(program);
      runner = new TrialRunner(experiment, parseObjectives(experiment.objective), send);
      send({ type: "described", experiment: describeExperiment(experiment) });
      for (const message of early) runner.receive(message);
    } catch (error) {
      send({ type: "unusable", error: toErrorData(error) });
    }
  };
  void start();
  return {
    name: `${hostname()}:${String(process.pid)}/inline`,
    post(message) {
      if (runner === undefined) early.push(message);
      else runner.receive(message);
    },
    terminate() {
      isEnded = true;
      return Promise.resolve();
    },
  };
}

async function experimentOf(program: Program): Promise<AnyExperiment> {
  if (program.kind === "object") return program.experiment;
  process.setSourceMapsEnabled(true);
  return await loadExperiment(program.program);
}

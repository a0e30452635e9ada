import { parentPort } from "node:worker_threads";
import { toErrorData } from "../../errors/assay-error.ts";
import { parseObjectives } from "../../model/objective.ts";
import type { FromWorker, ToWorker } from "../protocol.ts";
import type { WorkerProgram } from "../worker-program.ts";
import { describeExperiment } from "./describe.ts";
import { loadExperiment } from "./load-experiment.ts";
import { TrialRunner } from "./trial-runner.ts";

/*
 * The entry of a worker thread: waits for its program, loads the experiment's code, tells the coordinator
 * what it declares, and runs trials until the thread is ended from outside.
 */
if (parentPort === null) throw new TypeError("This module is the entry of a worker thread");
const port = parentPort;
const send = (message: FromWorker): void => port.postMessage(message);
let runner: TrialRunner | undefined;

process.setSourceMapsEnabled(true);
port.on("message", (message: ToWorker) => {
  if (message.type === "load") void load(message.program);
  else runner?.receive(message);
});

async function load(program: WorkerProgram): Promise<void> {
  try {
    const experiment = await loadExperiment(program);
    runner = new TrialRunner(experiment, parseObjectives(experiment.objective), send);
    send({ type: "described", experiment: describeExperiment(experiment) });
  } catch (error) {
    send({ type: "unusable", error: toErrorData(error) });
  }
}

import { parentPort, workerData } from "node:worker_threads";
import { toErrorData } from "../../errors/assay-error.ts";
import { parseObjectives } from "../../model/objective.ts";
import type { FromWorker, ToWorker } from "../protocol.ts";
import type { WorkerProgram } from "../worker-program.ts";
import { describeExperiment } from "./describe.ts";
import { loadExperiment } from "./load-experiment.ts";
import { TrialRunner } from "./trial-runner.ts";

/*
 * The entry of a worker thread: loads the experiment's code, tells the coordinator what it declares, and
 * runs trials until the thread is ended from outside.
 */
if (parentPort === null) throw new TypeError("This module is the entry of a worker thread");
const port = parentPort;
const send = (message: FromWorker): void => port.postMessage(message);

process.setSourceMapsEnabled(true);
try {
  const experiment = await loadExperiment(workerData as WorkerProgram);
  const runner = new TrialRunner(experiment, parseObjectives(experiment.objective), send);
  port.on("message", (message: ToWorker) => {
    runner.receive(message);
  });
  send({ type: "described", experiment: describeExperiment(experiment) });
} catch (error) {
  send({ type: "unusable", error: toErrorData(error) });
}

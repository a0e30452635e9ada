import { toErrorData } from "../../errors/assay-error.ts";
import { parseObjectives } from "../../model/objective.ts";
import type { FromWorker, ToWorker } from "../protocol.ts";
import { captureOutput, type CapturedStreams } from "./capture-output.ts";
import type { TrialContext } from "../trial-context.ts";
import { currentTrial } from "./current-trial.ts";
import { describeExperiment } from "./describe.ts";
import { watchLeftErrors } from "./left-errors.ts";
import { loadExperiment } from "./load-experiment.ts";
import { TrialRunner, type StoreSource } from "./trial-runner.ts";

/**
 * A worker, whatever carries its messages: waits for its program, loads the experiment's code, tells the
 * coordinator what it declares, and runs trials until it is ended from outside.
 */
export class WorkerSession {
  readonly #send: (message: FromWorker) => void;
  readonly #store: StoreSource;
  readonly #streams: CapturedStreams;
  #runner: TrialRunner | undefined;

  constructor(send: (message: FromWorker) => void, store: StoreSource) {
    this.#send = send;
    this.#store = store;
    this.#streams = captureOutput((stream, text, omittedBytes) => {
      send({ type: "output", stream, text, ...(omittedBytes > 0 ? { omittedBytes } : {}) });
    });
    watchLeftErrors(
      (trial) => this.#hasEnded(trial),
      (_, text) => void process.stderr.write(text),
    );
  }

  receive(message: ToWorker): void {
    if (message.type === "load") void this.#load(message);
    else this.#runner?.receive(message);
  }

  /** Whether code that runs now was left by a trial that has ended. */
  get isInLeftCode(): boolean {
    const trial = currentTrial();
    return trial !== undefined && this.#hasEnded(trial);
  }

  #hasEnded(trial: TrialContext): boolean {
    return this.#runner?.isRunning(trial) !== true;
  }

  async #load({ program, maxAhead }: Extract<ToWorker, { type: "load" }>): Promise<void> {
    try {
      const experiment = await loadExperiment(program);
      const objectives = parseObjectives(experiment.objective);
      this.#runner = new TrialRunner(experiment, {
        send: this.#send,
        objectives,
        maxAhead,
        store: this.#store,
        streams: this.#streams,
      });
      this.#streams.flush();
      this.#send({ type: "described", experiment: describeExperiment(experiment) });
      this.#runner.start();
    } catch (error) {
      this.#send({ type: "unusable", error: toErrorData(error) });
    }
  }
}

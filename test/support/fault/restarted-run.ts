import { dirname } from "node:path";
import type { Random } from "../../../src/util/random.ts";
import { startCli, startProgram, type RunningCli } from "../run-cli.ts";
import { leaseProgram } from "../built-files.ts";

export interface RestartedRunOptions {
  readonly file: string;
  readonly url: string;
  /** The length of its leases; undefined for those of `assay run`. */
  readonly leaseMs: number | undefined;
  readonly executors: readonly string[];
  readonly random: Random;
}

/** What a run says whose workers were killed several times in turn before they could do anything. */
const killedEarly = /(While the file was imported|Before its first trial): .* killed by SIGKILL/;

/** A run that is started again, with another executor perhaps, when it was killed, until it ends by itself. */
export class RestartedRun {
  readonly #options: RestartedRunOptions;
  #running: RunningCli | undefined;
  #executor = "";
  #isGivenUp = false;
  isOver = false;
  /** Ends that were none of a run that went well, with what it said. */
  readonly failures: string[] = [];

  constructor(options: RestartedRunOptions) {
    this.#options = options;
    void this.#keepRunning();
  }

  /** Its process now. */
  get pid(): number | undefined {
    return this.#running?.child.pid;
  }

  /** Ends it; that it had not ended by itself is a failure. */
  giveUp(): void {
    if (this.isOver) return;
    this.#isGivenUp = true;
    this.failures.push("A run did not come to an end");
    this.#running?.child.kill("SIGKILL");
  }

  async #keepRunning(): Promise<void> {
    while (!this.isOver) {
      this.#running = this.#start();
      const { child, ended } = this.#running;
      const { code, stderr } = await ended;
      const wasKilled = child.signalCode === "SIGKILL" || killedEarly.test(stderr);
      this.isOver = this.#isGivenUp || !wasKilled;
      const end = String(code ?? child.signalCode);
      if ((code !== 0 && !wasKilled) || /lock|SQLITE_/i.test(stderr)) {
        this.failures.push(`A run on ${this.#executor} ended with ${end}: ${stderr}`);
      }
    }
  }

  #start(): RunningCli {
    const { file, url, leaseMs, executors, random } = this.#options;
    const options = { cwd: dirname(file) };
    const executor = random.pick(executors);
    this.#executor = executor;
    if (leaseMs !== undefined) {
      return startProgram([leaseProgram, file, url, String(leaseMs), executor, "2"], options);
    }
    const words = ["--executor", executor, "--workers", "2", "--retries", "lost=1000"];
    return startCli(["run", file, "--storage", url, "--no-progress", ...words], options);
  }
}

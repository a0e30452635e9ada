import { hostname, userInfo } from "node:os";
import type { Experiment } from "../model/experiment.ts";
import type { ClaimedTrial } from "../storage/leases.ts";
import { givenBack } from "../storage/reports.ts";
import type { Run } from "../storage/runs.ts";
import type { Storage } from "../storage/storage.ts";
import type { RunEnd } from "./coordinator.ts";
import type { TrialSource } from "./trial-source.ts";

export interface RunFacts {
  readonly holder: string;
  readonly command: readonly string[];
  readonly notes?: string;
  readonly code?: string;
}

/** The record of a run. A run that has nothing to do leaves none. */
export class RunRecord {
  readonly #storage: Storage;
  readonly #experiment: Experiment;
  readonly #facts: RunFacts;
  #run: Run | undefined;

  constructor(storage: Storage, experiment: Experiment, facts: RunFacts) {
    this.#storage = storage;
    this.#experiment = experiment;
    this.#facts = facts;
  }

  /** Empty before the first trial. */
  get reference(): string {
    return this.#run?.reference ?? "";
  }

  /** The same source, with the record made when it gives out its first trial. */
  startingWith(source: TrialSource): TrialSource {
    return {
      claim: async (limit) => {
        const claimed = await source.claim(limit);
        if (claimed.length > 0) await this.#startWith(claimed);
        return claimed;
      },
      observe: (observation) => {
        source.observe(observation);
      },
      isAwaited: async () => await source.isAwaited(),
    };
  }

  /** Records how the run ended. */
  async finish(end: RunEnd, summary: object): Promise<void> {
    if (this.#run === undefined) return;
    const status = end.kind === "done" ? "completed" : end.kind;
    const counts = Object.fromEntries(
      Object.entries(summary).filter(([, value]) => typeof value === "number"),
    );
    await this.#storage.updateRun(this.#run, { status, summary: counts });
  }

  /** Shows what the run found in the experiment's view. A run without one has found as much. */
  async showResults(): Promise<void> {
    if (this.#run === undefined) return;
    await this.#storage.refreshView(this.#experiment).catch(() => undefined);
  }

  /** Records that the run could not go on. That nothing can be written may be the reason. */
  async fail(): Promise<void> {
    if (this.#run === undefined) return;
    await this.#storage.updateRun(this.#run, { status: "failed" }).catch(() => undefined);
  }

  /** Makes the record, or gives back what was claimed: nobody else would while this process lives. */
  async #startWith(claimed: readonly ClaimedTrial[]): Promise<void> {
    try {
      await this.#start();
    } catch (error) {
      await this.#storage.commitReports(claimed.map(givenBack)).catch(() => undefined);
      throw error;
    }
  }

  async #start(): Promise<void> {
    this.#run ??= await this.#storage.startRun(this.#experiment, {
      ...this.#facts,
      environment: {
        host: hostname(),
        user: userName(),
        pid: process.pid,
        node: process.version,
        platform: `${process.platform} ${process.arch}`,
        directory: process.cwd(),
      },
    });
  }
}

function userName(): string | null {
  try {
    return userInfo().username;
  } catch {
    return null;
  }
}

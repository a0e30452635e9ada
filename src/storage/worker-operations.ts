import { AssayError } from "../errors/assay-error.ts";
import { encodeResults } from "../model/results.ts";
import type { HolderStatus } from "../model/transitions.ts";
import type { TrialError } from "../model/trial.ts";
import { timestamp, type StorageContext } from "./context.ts";
import type { ExperimentRef, ExperimentStore } from "./experiments.ts";
import type { ClaimedTrial, LeaseStore } from "./leases.ts";
import type { ReportStore } from "./reports.ts";

/** One trial at a time, for who runs trials in a loop of their own. `LEASE_LOST` when the trial is no longer held. */
export interface WorkerStore {
  /** Claims the first open trial and records the start of an attempt; undefined when none is open. */
  reserveTrial(
    experiment: ExperimentRef,
    options: { readonly holder: string; readonly run?: string },
  ): Promise<ClaimedTrial | undefined>;
  /** Completes a reserved trial with its results. */
  pushTrialResults(experiment: ExperimentRef, trial: ClaimedTrial, results: unknown): Promise<void>;
  /** Ends the reservation of a trial without results. */
  releaseTrial(
    trial: ClaimedTrial,
    status: Exclude<HolderStatus, "completed">,
    error?: TrialError,
  ): Promise<void>;
  /** Prolongs the lease. */
  updateHeartbeat(trial: ClaimedTrial): Promise<void>;
}

export function createWorkerStore(
  context: StorageContext,
  experiments: ExperimentStore,
  leases: LeaseStore,
  reports: ReportStore,
): WorkerStore {
  function assertHeld(trial: ClaimedTrial, held: boolean | undefined): void {
    if (held === true) return;
    throw new AssayError("LEASE_LOST", `Trial ${trial.id} is no longer held by this worker`, {
      details: { id: trial.id },
    });
  }

  return {
    async reserveTrial(ref, { holder, run = "" }) {
      const experiment = await experiments.getExperiment(ref);
      const [trial] = await leases.claimTrials(experiment, holder, 1);
      if (trial === undefined) return undefined;
      const startedAt = timestamp(context);
      const [held] = await reports.commitReports([
        { kind: "started", trial, startedAt, worker: holder, run },
      ]);
      return held === true ? trial : undefined;
    },

    async pushTrialResults(ref, trial, results) {
      const { objectives } = await experiments.getExperiment(ref);
      const encoded = encodeResults(results, objectives);
      const [held] = await reports.commitReports([
        { kind: "finished", trial, status: "completed", ...encoded, endedAt: timestamp(context) },
      ]);
      assertHeld(trial, held);
    },

    async releaseTrial(trial, status, error) {
      const endedAt = timestamp(context);
      const [held] = await reports.commitReports([
        { kind: "finished", trial, status, endedAt, ...(error === undefined ? {} : { error }) },
      ]);
      assertHeld(trial, held);
    },

    async updateHeartbeat(trial) {
      const [held] = await leases.renewLeases([trial]);
      assertHeld(trial, held);
    },
  };
}

import { AssayError } from "../errors/assay-error.ts";
import { encodeResults } from "../model/results.ts";
import { holderStatuses, type HolderStatus } from "../model/transitions.ts";
import type { TrialError } from "../model/trial.ts";
import { timestamp, type StorageContext } from "./context.ts";
import type { ExperimentRef, ExperimentStore } from "./experiments.ts";
import type { ClaimedTrial, LeaseStore } from "./leases.ts";
import type { FinishedReport, ReportStore } from "./reports.ts";
import { findTrialDocument, leaseLost } from "./trial-documents.ts";

/**
 * One trial at a time, for who runs trials in a loop of their own. `LEASE_LOST` when the trial is no longer
 * held, `INVALID_TRANSITION` when its holder may not end it so.
 */
export interface WorkerStore {
  /**
   * Claims the first open trial and records the start of an attempt; undefined when none is open, or when the
   * trial was taken away before it could start. Throws `NOT_FOUND` when there is no such experiment.
   */
  reserveTrial(
    experiment: ExperimentRef,
    options: { readonly holder: string; readonly run?: string },
  ): Promise<ClaimedTrial | undefined>;
  /** Completes a trial that was started with its results. */
  pushTrialResults(experiment: ExperimentRef, trial: ClaimedTrial, results: unknown): Promise<void>;
  /** Ends the reservation of a trial without results; as new only when it was never started. */
  releaseTrial(
    trial: ClaimedTrial,
    status: Exclude<HolderStatus, "completed">,
    error?: TrialError,
  ): Promise<void>;
  /** Prolongs the lease. */
  updateHeartbeat(trial: ClaimedTrial): Promise<void>;
}

const releasable: ReadonlySet<string> = new Set(
  holderStatuses.filter((status) => status !== "completed"),
);

export function createWorkerStore(
  context: StorageContext,
  experiments: ExperimentStore,
  leases: LeaseStore,
  reports: ReportStore,
): WorkerStore {
  /** What a refused write of a holder means. */
  async function refusal({ id, token }: ClaimedTrial, to: HolderStatus): Promise<AssayError> {
    const stored = await findTrialDocument(context, id);
    if (stored?.["token"] !== token || stored["status"] !== "reserved") return leaseLost(id);
    const why = to === "new" ? "an attempt was started" : "no attempt was started";
    return new AssayError(
      "INVALID_TRANSITION",
      `Trial ${id}: reserved to ${to} may not be, because ${why}; nothing was changed`,
      { details: { id, from: "reserved", to } },
    );
  }

  async function finish(report: Omit<FinishedReport, "kind">): Promise<void> {
    const [held] = await reports.commitReports([{ kind: "finished", ...report }]);
    if (held !== true) throw await refusal(report.trial, report.status);
  }

  /** Whether an attempt was started under this claim, as far as it is still held. */
  async function isStarted({ id, attempt }: ClaimedTrial): Promise<boolean> {
    const stored = await findTrialDocument(context, id);
    return stored?.["attempt"] === attempt + 1;
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
      await finish({ trial, status: "completed", ...encoded, endedAt: timestamp(context) });
    },

    async releaseTrial(trial, status, error) {
      if (!releasable.has(status)) {
        throw new AssayError("INVALID_TRANSITION", `A trial is not released as ${status}`, {
          details: { id: trial.id, to: status },
        });
      }
      const withError = error === undefined ? {} : { error };
      const isWithAttempt = status !== "new" && (status === "pruned" || (await isStarted(trial)));
      const ended = isWithAttempt ? { endedAt: timestamp(context) } : {};
      await finish({ trial, status, ...ended, ...withError });
    },

    async updateHeartbeat(trial) {
      const [held] = await leases.renewLeases([trial]);
      if (held !== true) throw leaseLost(trial.id);
    },
  };
}

import type { OutputStream } from "../model/output.ts";
import type { TrialError } from "../model/trial.ts";
import type { ClaimedTrial } from "../storage/leases.ts";
import type { AbortCause, Ending, FromWorker, Reply } from "./protocol.ts";

/** What a seat tells its coordinator. */
export interface SeatListener {
  onDescribed(message: Extract<FromWorker, { type: "described" }>): void;
  onUnusable(message: Extract<FromWorker, { type: "unusable" }>): void;
  /** A worker asked for trials. */
  onPull(): void;
  onStarted(trial: ClaimedTrial, startedAt: number, worker: string): void;
  onMetrics(trial: ClaimedTrial, message: Extract<FromWorker, { type: "metrics" }>): void;
  /**
   * A trial ended that had started then, in milliseconds since 1970. `cause` is why it was asked to, if it was; `ending`
   * is absent when its worker is gone.
   */
  onEnded(
    trial: ClaimedTrial,
    startedAt: number,
    ending: Ending | undefined,
    cause: SeatCause | undefined,
  ): void;
  onRequest(
    trial: ClaimedTrial,
    message: Extract<FromWorker, { type: "request" }>,
    reply: (result: Reply) => void,
  ): void;
  /** A worker says nothing: these trials, which it was given, are to be given to others. */
  onSilent(unstarted: readonly ClaimedTrial[]): void;
  /** Something was written; by no trial when none ran. */
  onOutput(
    text: string,
    stream: OutputStream,
    trial: ClaimedTrial | undefined,
    omittedBytes?: number,
  ): void;
}

/** Why a trial was made to end, or how its worker was lost. */
export type SeatCause =
  { readonly kind: AbortCause } | { readonly kind: "worker lost"; readonly error: TrialError };

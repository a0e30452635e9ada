import type { ClaimedTrial, Lease } from "../storage/leases.ts";
import { givenBack, type FinishedReport, type TrialReport } from "../storage/reports.ts";
import type { Storage } from "../storage/storage.ts";
import type { Params } from "../space/params-of.ts";
import { toTimestamp } from "../util/timestamp.ts";
import { decodeValue } from "../values/decode.ts";
import { Alarm } from "./alarm.ts";
import type { Crew, CrewListener } from "./crew.ts";
import { endingReport } from "./ending-report.ts";
import { FailureWatch } from "./failure-watch.ts";
import { Journal } from "./journal.ts";
import { createLeaseKeeper, type LeaseKeeper } from "./lease-keeper.ts";
import { MetricChunks } from "./metric-chunks.ts";
import { OutputCapture } from "./output-capture.ts";
import type { ProgressTracker } from "./progress.ts";
import type { FromWorker } from "./protocol.ts";
import type { ShownOutput } from "./trial-output.ts";
import { answerRequest } from "./trial-requests.ts";
import type { RetryPolicy } from "./retry-policy.ts";
import type { TrialLimitOptions } from "./trial-limits.ts";
import type { TrialSource } from "./trial-source.ts";

/** A trial whose coordinator died this often with it is not tried again. */
const maxLosses = 10;
/** How often a run that waits for other workers' trials looks again. */
const pollMs = 200;

/** What running trials takes besides the workers. */
export interface RunPlan {
  readonly storage: Storage;
  readonly source: TrialSource;
  /** The reference of the run, as soon as there is a trial to run. */
  readonly run: () => string;
  readonly progress: ProgressTracker;
  readonly onProgress: () => void;
  /** Where what is written is shown. */
  readonly output: ShownOutput;
  /** The limits of a trial, for messages; the crew enforces them. */
  readonly limits: TrialLimitOptions;
  readonly retries: RetryPolicy;
  readonly maxBroken?: number | undefined;
  /** Whether to wait for trials that other processes hold. */
  readonly waits: boolean;
  /** Whether user code can block this thread, so that leases have to be renewed from another. */
  readonly isInline: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Why a run ended. */
export type RunEnd =
  | { readonly kind: "done" }
  | { readonly kind: "interrupted"; readonly reason: string }
  | { readonly kind: "stopped"; readonly reason: string };

/**
 * Runs trials: claims them ahead of the workers, hears what the workers report, and commits it in groups.
 * The user's code runs in the workers only, so that nothing it does delays a lease or a commit.
 */
export class Coordinator implements CrewListener {
  readonly #crew: Crew;
  readonly #plan: RunPlan;
  readonly #journal: Journal;
  readonly #leases: LeaseKeeper;
  readonly #failures: FailureWatch;
  readonly #alarm = new Alarm();
  readonly #metrics = new MetricChunks();
  readonly #outputs = new OutputCapture((report) => this.#journal.add(report));
  #failure: { readonly error: unknown } | undefined;
  #stop: RunEnd | undefined;

  constructor(crew: Crew, plan: RunPlan) {
    this.#crew = crew;
    this.#plan = plan;
    this.#failures = new FailureWatch(plan.maxBroken);
    this.#journal = new Journal({
      storage: plan.storage,
      onStale: (report) => this.#refused(report),
      onFailure: (error) => this.onFailure(error),
    });
    this.#leases = createLeaseKeeper(
      plan.storage,
      () => crew.held(),
      (lease) => this.#lost(lease),
      plan.isInline,
    );
  }

  /** Runs the trials of the source until none is left that this run may run. */
  async run(): Promise<RunEnd> {
    const { signal } = this.#plan;
    const interrupt = (): void =>
      this.#end({ kind: "interrupted", reason: "The run was interrupted" });
    if (signal?.aborted === true) interrupt();
    signal?.addEventListener("abort", interrupt);
    this.#crew.attend(this);
    try {
      await this.#loop().catch((error: unknown) => this.onFailure(error));
      if (this.#isOver()) await this.#release();
      await this.#journal.flush().catch((error: unknown) => this.onFailure(error));
      if (this.#failure !== undefined) throw this.#failure.error;
      return this.#stop ?? { kind: "done" };
    } finally {
      signal?.removeEventListener("abort", interrupt);
      await this.#leases.stop();
    }
  }

  async #loop(): Promise<void> {
    const { source, waits } = this.#plan;
    let nextClaimAt = 0;
    while (!this.#isOver()) {
      const { credit } = this.#crew;
      if (credit > 0 && performance.now() >= nextClaimAt) {
        if (await this.#claim(credit)) {
          nextClaimAt = 0;
          continue;
        }
        // What is not there now may come free later; asking at every end of a trial would find nothing.
        nextClaimAt = performance.now() + pollMs;
      }
      if (this.#crew.isIdle) {
        await this.#journal.flush();
        if (await this.#claim(1)) continue;
        const isAwaited = await source.isAwaited();
        // To ask frees what was held by processes that are gone.
        if (await this.#claim(1)) continue;
        if (!isAwaited || !waits) return;
      }
      // What waits behind a long trial may be run by another process meanwhile.
      this.#giveBack(this.#crew.withdrawStalled());
      await this.#alarm.wait(pollMs);
    }
  }

  /** Claims trials and has them run; whether there was one. */
  async #claim(limit: number): Promise<boolean> {
    const { fresh, lost } = await this.#claimFresh(limit);
    // A trial that was lost before runs alone and after all others, lest it takes them with it again.
    if (fresh.length === 0 && this.#crew.isIdle) fresh.push(...lost.splice(0, 1));
    this.#giveBack(lost);
    if (this.#isOver()) this.#giveBack(fresh);
    else {
      this.#crew.assign(fresh);
      this.#leases.update();
    }
    return fresh.length > 0;
  }

  /** Claims until there is a trial that was never lost, or nothing is left to claim. */
  async #claimFresh(limit: number): Promise<{ fresh: ClaimedTrial[]; lost: ClaimedTrial[] }> {
    const fresh: ClaimedTrial[] = [];
    const lost: ClaimedTrial[] = [];
    while (fresh.length === 0) {
      await this.#leases.catchUp();
      const claimed = await this.#plan.source.claim(limit);
      if (claimed.length === 0) break;
      for (const trial of claimed) {
        if (trial.losses >= maxLosses) this.#giveUp(trial);
        else (trial.losses === 0 ? fresh : lost).push(trial);
      }
    }
    return { fresh, lost };
  }

  #isOver(): boolean {
    return this.#stop !== undefined || this.#failure !== undefined;
  }

  #giveUp(trial: ClaimedTrial): void {
    const message = `Lost ${String(trial.losses)} times with the process that ran it; it is not tried again`;
    const error = { cause: "lost", message } as const;
    const endedAt = toTimestamp(Date.now());
    this.#finish({ kind: "finished", trial, status: "broken", error, endedAt });
  }

  /** Gives back what was not started, and waits for what runs to end. */
  async #release(): Promise<void> {
    this.#giveBack(this.#crew.interrupt());
    while (!this.#crew.isIdle) await this.#alarm.wait(pollMs);
  }

  /** Ends claims under which nothing was started. */
  #giveBack(trials: readonly ClaimedTrial[]): void {
    for (const trial of trials) this.#journal.add(givenBack(trial));
  }

  #end(end: RunEnd): void {
    if (this.#stop !== undefined) return;
    this.#stop = end;
    // At once: the workers would go on with what they have.
    this.#giveBack(this.#crew.interrupt());
    this.#alarm.ring();
  }

  #lost(lease: Lease): void {
    this.#crew.abort(lease, "lease lost");
    this.#alarm.ring();
  }

  /** The trial belonged to somebody else when this was told of it: it does not count. */
  #refused(report: TrialReport): void {
    if (report.kind === "finished" && report.endedAt !== undefined) this.#count(report.status, -1);
    this.#lost(report.trial);
  }

  onFailure(error: unknown): void {
    this.#failure ??= { error };
    this.#alarm.ring();
  }

  onPull(): void {
    this.#alarm.ring();
  }

  onStarted(trial: ClaimedTrial, startedAt: number, worker: string): void {
    const run = this.#plan.run();
    const at = toTimestamp(startedAt);
    this.#journal.add({ kind: "started", trial, startedAt: at, worker, run });
    this.#countRunning(1);
  }

  onSilent(unstarted: readonly ClaimedTrial[]): void {
    this.#giveBack(unstarted);
    this.#alarm.ring();
  }

  onMetrics(trial: ClaimedTrial, { points }: Extract<FromWorker, { type: "metrics" }>): void {
    this.#journal.add(this.#metrics.next(trial, points));
  }

  onRequest(
    trial: ClaimedTrial,
    { call }: Extract<FromWorker, { type: "request" }>,
    reply: Parameters<CrewListener["onRequest"]>[2],
  ): void {
    void answerRequest(this.#plan.storage, this.#journal, this.#metrics, trial, call).then(reply);
  }

  onOutput(...[text, stream, trial, omitted]: Parameters<CrewListener["onOutput"]>): void {
    this.#plan.output.write(trial, stream, text, omitted);
    if (trial !== undefined) this.#outputs.add(trial, stream, text, omitted);
  }

  onEnded(...[trial, startedAt, ending, cause]: Parameters<CrewListener["onEnded"]>): void {
    this.#metrics.end(trial);
    this.#outputs.end(trial);
    this.#plan.output.end(trial);
    this.#countRunning(-1);
    if (cause?.kind !== "lease lost") {
      const report = endingReport(trial, startedAt, ending, cause, this.#plan.limits);
      if (this.#plan.retries.allows(report)) this.#journal.add({ ...report, isRetried: true });
      else this.#finish(report);
    }
    if (ending?.status === "interrupted" && cause === undefined) {
      // Else it would be the next to run, and say so again.
      const reason = `Trial ${String(trial.number)} says that it was interrupted`;
      this.#end({ kind: "interrupted", reason });
    }
    if (this.#crew.isIdle) this.#alarm.ring();
  }

  #finish(report: FinishedReport): void {
    const { trial, status, objective, error } = report;
    this.#journal.add(report);
    if (objective !== undefined) this.#plan.progress.offer(trial.number, objective);
    this.#count(status, 1);
    if (status === "broken") {
      const reason = this.#failures.broke(trial.number, error);
      if (reason !== undefined) this.#end({ kind: "stopped", reason });
    } else this.#failures.went(status);
    if (status === "completed" || status === "broken" || status === "pruned") {
      const params = (): Params => decodeValue(trial.params) as Params;
      const { id, number } = trial;
      this.#plan.source.observe({ id, number, status, objective, params });
    }
  }

  #count(status: FinishedReport["status"], change: 1 | -1): void {
    const { progress, onProgress } = this.#plan;
    if (status !== "new" && status !== "suspended") progress.counts[status] += change;
    onProgress();
  }

  #countRunning(change: 1 | -1): void {
    this.#plan.progress.running += change;
    this.#plan.onProgress();
  }
}

import type { ClaimedTrial } from "../storage/leases.ts";
import type { ReportStore, TrialReport } from "../storage/reports.ts";
import { LongText } from "../values/long-text.ts";

/** Nothing that a worker told waits longer than this to be committed. */
const maxDelayMs = 50;
const maxReports = 1000;

export interface JournalOptions {
  readonly storage: ReportStore;
  /** A report was refused: the trial belongs to somebody else by now. */
  readonly onStale: (report: TrialReport) => void;
  /** Nothing can be committed any more; told once. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Group commit: collects what workers report and writes many reports in one transaction, within 50 ms and
 * in the order in which they came. Each report is accepted or refused by itself; long results are released then.
 */
export class Journal {
  readonly #options: JournalOptions;
  #pending: TrialReport[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** Rejects for good when a write fails: what is told later would lack what came before. */
  #writing: Promise<void> = Promise.resolve();
  readonly #stale = new WeakSet<ClaimedTrial>();

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  add(report: TrialReport): void {
    this.#pending.push(report);
    if (this.#pending.length >= maxReports) this.#startWriting();
    else this.#timer ??= setTimeout(() => this.#startWriting(), maxDelayMs);
  }

  /** Resolves when all that was added before is committed or refused; rejects when it cannot be committed. */
  async flush(): Promise<void> {
    this.#startWriting();
    await this.#writing;
  }

  /** Whether a report of this claim was refused. */
  isStale(trial: ClaimedTrial): boolean {
    return this.#stale.has(trial);
  }

  #startWriting(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const reports = this.#pending;
    if (reports.length === 0) return;
    this.#pending = [];
    this.#writing = this.#writing.then(() => this.#write(reports));
    // `onFailure` has told.
    this.#writing.catch(() => undefined);
  }

  async #write(reports: readonly TrialReport[]): Promise<void> {
    const outcomes = await this.#commit(reports);
    for (const [i, report] of reports.entries()) {
      if (report.kind === "finished" && report.results instanceof LongText)
        report.results.release();
      if (outcomes[i] === true) continue;
      this.#stale.add(report.trial);
      this.#options.onStale(report);
    }
  }

  async #commit(reports: readonly TrialReport[]): Promise<readonly boolean[]> {
    try {
      return await this.#options.storage.commitReports(reports);
    } catch (error) {
      this.#options.onFailure(error);
      throw error;
    }
  }
}

import type { Change, Document, Operation, Query } from "../database/contract.ts";
import { isFinished, type HolderStatus } from "../model/transitions.ts";
import type { TrialError } from "../model/trial.ts";
import { encodeValue } from "../values/encode.ts";
import type { LongText } from "../values/long-text.ts";
import type { StorageContext } from "./context.ts";
import { keepLargeResults, splitResults } from "./large-results.ts";
import type { ClaimedTrial } from "./leases.ts";
import { outputOperations, type OutputReport } from "./output.ts";
import { confirmRepeated } from "./repeated-reports.ts";
import { encodeError } from "./stored-error.ts";

/** An attempt began. It is written before or together with all that the attempt does. */
export interface StartedReport {
  readonly kind: "started";
  readonly trial: ClaimedTrial;
  readonly startedAt: string;
  readonly worker: string;
  readonly run: string;
}

/**
 * A claim ended: with the attempt that was started under it, and then `endedAt`; or, as new, suspended or
 * interrupted, without one. A trial that is given up may be broken without an attempt.
 */
export interface FinishedReport {
  readonly kind: "finished";
  readonly trial: ClaimedTrial;
  readonly status: HolderStatus;
  /** Texts of the codec: the results, and the last value of each metric. */
  readonly results?: string | LongText | undefined;
  readonly metrics?: string | undefined;
  readonly objective?: number | undefined;
  readonly error?: TrialError | undefined;
  readonly endedAt?: string | undefined;
  readonly durationMs?: number | undefined;
  /** The attempt is over as the status says, but the trial is not: another attempt is to follow. */
  readonly isRetried?: boolean;
}

/** Points of metrics, in the order in which they were reported. */
export interface MetricsReport {
  readonly kind: "metrics";
  readonly trial: ClaimedTrial;
  /** Counts from 0 within the attempt. */
  readonly chunk: number;
  readonly count: number;
  /** The points of earlier chunks of this attempt. */
  readonly before: number;
  /** Texts of the codec: `MetricColumns`, and the last value of each metric so far. */
  readonly points: string;
  readonly last: string;
}

/** The attempt continues from a snapshot, and with it the series of its metrics. */
export interface ResumedReport {
  readonly kind: "resumed";
  readonly trial: ClaimedTrial;
  readonly from: { readonly attempt: number; readonly points: number };
  /** A text of the codec: the last value of each metric in the snapshot. */
  readonly last?: string;
}

/** The end of a claim under which nothing was started: the trial is open again, as it was. */
export function givenBack(trial: ClaimedTrial): FinishedReport {
  return { kind: "finished", trial, status: trial.attempt === 0 ? "new" : "interrupted" };
}

/** What the holder of a trial has to tell storage. */
export type TrialReport =
  StartedReport | FinishedReport | MetricsReport | ResumedReport | OutputReport;

export interface ReportStore {
  /**
   * Writes reports in order, as one transaction where the backend has them. One outcome a report: false when
   * its token is stale or the change is not one that a holder may make, and then nothing of it was written;
   * neighbours are not touched by that.
   */
  commitReports(reports: readonly TrialReport[]): Promise<boolean[]>;
}

/** Which operation of the batch decides about a report: its conditional write of the trial. */
interface Planned {
  readonly operations: readonly Operation[];
  readonly decisive: number;
}

export function createReportStore(context: StorageContext): ReportStore {
  const { database } = context;
  const { atomicBatch } = database.capabilities;

  /**
   * Keeps the attempt before when the trial moves on. Without transactions it is kept first: its document is
   * worth nothing until the trial moves on, and then all.
   */
  function withSuperseded(trial: ClaimedTrial, change: Change, base: number): Planned {
    const update = conditional(trial, change);
    if (trial.superseded === undefined) return { operations: [update], decisive: 0 };
    const keep = {
      kind: "insert",
      collection: "attempts",
      documents: [trial.superseded],
      ifAbsent: true,
    } as const;
    if (!atomicBatch) return { operations: [keep, update], decisive: 1 };
    return { operations: [update, { ...keep, after: base }], decisive: 0 };
  }

  function plan(report: TrialReport | WholeReport, base: number): Planned {
    switch (report.kind) {
      case "started":
        return withSuperseded(report.trial, startChange(report), base);
      case "whole":
        return withSuperseded(report.started.trial, wholeChange(report), base);
      case "finished":
        return {
          operations: [conditional(report.trial, finishChange(report), attemptOf(report))],
          decisive: 0,
        };
      case "resumed": {
        const change = { set: { resumed: encodeValue(report.from), metrics: report.last } };
        return { operations: [conditional(report.trial, change)], decisive: 0 };
      }
      case "metrics":
        return { operations: metricsOperations(report, base), decisive: 0 };
      case "output": {
        const held = conditional(report.trial, { increment: { token: 0 } });
        return { operations: [held, ...outputOperations(report, base)], decisive: 0 };
      }
    }
  }

  /**
   * A report with results that are too large for a document: their content comes before them, and only if they can
   * be written. Undefined for every other report.
   */
  function planLarge(report: TrialReport | WholeReport, base: number): Planned | undefined {
    const finished = report.kind === "whole" ? report.finished : report;
    if (finished.kind !== "finished" || finished.results === undefined) return undefined;
    const { trial } = finished;
    const large = splitResults(trial.experiment, finished.results);
    if (large === undefined) return undefined;
    const isWhole = report.kind === "whole";
    const excerpt = { ...finished, results: large.excerpt };
    const whole = isWhole ? { ...report, finished: excerpt } : excerpt;
    const where = isWhole ? {} : attemptOf(finished);
    const gate = conditional(trial, { increment: { token: 0 } }, where);
    const before = keepLargeResults(context, trial, large, gate, base);
    const { operations, decisive } = plan(whole, base + before.length);
    return { operations: [...before, ...operations], decisive: before.length + decisive };
  }

  return {
    async commitReports(reports) {
      const operations: Operation[] = [];
      const decisive: number[] = [];
      for (const report of merged(reports)) {
        const planned = planLarge(report, operations.length) ?? plan(report, operations.length);
        const place = operations.length + planned.decisive;
        decisive.push(place, ...(report.kind === "whole" ? [place] : []));
        if (atomicBatch) operations.push(...planned.operations);
        else operations.push(...inUnit(planned.operations, unitOf(report)));
      }
      const outcome = await database.batch(operations);
      const accepted = decisive.map(
        (place) => outcome.applied && (outcome.results[place]?.count ?? 0) > 0,
      );
      return outcome.isRepeated === true
        ? await confirmRepeated(database, reports, accepted)
        : accepted;
    },
  };
}

/** A start and an end that are committed together are one write. */
interface WholeReport {
  readonly kind: "whole";
  readonly started: StartedReport;
  readonly finished: FinishedReport;
}

function merged(reports: readonly TrialReport[]): (TrialReport | WholeReport)[] {
  const result: (TrialReport | WholeReport)[] = [];
  for (const report of reports) {
    const last = result.at(-1);
    if (report.kind === "finished" && last?.kind === "started" && last.trial === report.trial) {
      result[result.length - 1] = { kind: "whole", started: last, finished: report };
    } else result.push(report);
  }
  return result;
}

function inUnit(operations: readonly Operation[], unit: string): Operation[] {
  return operations.map((operation) => ({ ...operation, unit }));
}

/** Reports of one trial follow each other; those of different trials have nothing to do with each other. */
function unitOf(report: TrialReport | WholeReport): string {
  const { experiment, number } = report.kind === "whole" ? report.started.trial : report.trial;
  return `${String(experiment)} ${String(number)}`;
}

function startChange(report: StartedReport): Change {
  const set = {};
  return { unset: start(set, report), set };
}

function finishChange(report: FinishedReport): Change {
  const set = {};
  return { unset: finish(set, report), set };
}

function wholeChange({ started, finished }: WholeReport): Change {
  const set = {};
  const before = start(set, started);
  const after = finish(set, finished);
  return { unset: before === nothing ? after : [...before, ...after], set };
}

function metricsOperations(report: MetricsReport, base: number): Operation[] {
  return [
    conditional(report.trial, { set: { metrics: report.last } }),
    {
      kind: "insert",
      collection: "metrics",
      documents: [metricsDocument(report)],
      ifAbsent: true,
      after: base,
    },
  ];
}

/** Which attempt the trial must be at: only an attempt that was started can end. */
function attemptOf({ trial, status, endedAt }: FinishedReport): Query {
  if (endedAt === undefined) return { attempt: trial.attempt };
  return status === "broken" ? {} : { attempt: trial.attempt + 1 };
}

/** Trials are found by number: those of one commit lie side by side, by id they would be anywhere. */
function conditional(trial: ClaimedTrial, change: Change, where?: Query): Operation {
  const { experiment, number, token } = trial;
  const held = { experiment, number, token, status: "reserved" };
  const query = where === undefined ? held : { ...where, ...held };
  return { kind: "update", collection: "trials", query, change };
}

const ofTheLastAttempt = [
  "endedAt",
  "durationMs",
  "results",
  "objective",
  "metrics",
  "error",
  "outcome",
  "resumed",
];

const nothing: readonly string[] = [];
const whenFinished: readonly string[] = ["availableAt", "holder"];
const whenOpen: readonly string[] = ["holder"];

/** Adds what a start sets, and returns what it unsets. One object serves a start and an end: this is a hot path. */
function start(set: Record<string, unknown>, report: StartedReport): readonly string[] {
  const { trial, startedAt, worker, run } = report;
  set["attempt"] = trial.attempt + 1;
  set["startedAt"] = startedAt;
  set["worker"] = worker;
  set["run"] = run;
  if (trial.losses > 0) set["losses"] = trial.losses;
  return trial.superseded === undefined ? nothing : ofTheLastAttempt;
}

/** Adds what an end sets, and returns what it unsets. */
function finish(set: Record<string, unknown>, report: FinishedReport): readonly string[] {
  const { results, objective, error, endedAt, durationMs, metrics } = report;
  const status = report.isRetried === true ? "interrupted" : report.status;
  set["status"] = status;
  if (report.isRetried === true) set["failures"] = report.trial.failures + 1;
  if (results !== undefined) set["results"] = results;
  // Only what completed can be the best.
  if (objective !== undefined && status === "completed") set["objective"] = objective;
  if (durationMs !== undefined) set["durationMs"] = durationMs;
  if (metrics !== undefined) set["metrics"] = metrics;
  if (error !== undefined) set["error"] = encodeError(error);
  if (endedAt !== undefined) {
    set["endedAt"] = endedAt;
    set["outcome"] = report.status;
  }
  if (isFinished(status)) return whenFinished;
  set["availableAt"] = 0;
  return whenOpen;
}

function metricsDocument({ trial, chunk, count, before, points }: MetricsReport): Document {
  const { experiment, number } = trial;
  return { experiment, number, attempt: trial.attempt + 1, chunk, count, before, points };
}

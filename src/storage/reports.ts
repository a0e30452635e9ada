import type { Change, Document, Operation } from "../database/contract.ts";
import { isFinished, type HolderStatus } from "../model/transitions.ts";
import type { TrialError } from "../model/trial.ts";
import { encodeValue } from "../values/encode.ts";
import type { StorageContext } from "./context.ts";
import type { ClaimedTrial } from "./leases.ts";

/** An attempt began. It is written before or together with all that the attempt does. */
export interface StartedReport {
  readonly kind: "started";
  readonly trial: ClaimedTrial;
  readonly startedAt: string;
  readonly worker: string;
  readonly run: string;
}

/** A claim ended: with an attempt, or (as new or interrupted) without one. */
export interface FinishedReport {
  readonly kind: "finished";
  readonly trial: ClaimedTrial;
  readonly status: HolderStatus;
  /** Texts of the codec: the results, and the last value of each metric. */
  readonly results?: string;
  readonly metrics?: string;
  readonly objective?: number;
  readonly error?: TrialError;
  readonly endedAt?: string;
  readonly durationMs?: number;
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
}

/** What the holder of a trial has to tell storage. */
export type TrialReport = StartedReport | FinishedReport | MetricsReport | ResumedReport;

export interface ReportStore {
  /**
   * Writes reports in order, as one transaction where the backend has them. One outcome a report: false when
   * its token is stale, and then nothing of it was written; neighbours are not touched by that.
   */
  commitReports(reports: readonly TrialReport[]): Promise<boolean[]>;
}

/** Which operation of the batch decides about a report: its conditional write of the trial. */
interface Planned {
  readonly operations: readonly Operation[];
  readonly decisive: number;
}

export function createReportStore({ database }: StorageContext): ReportStore {
  return {
    async commitReports(reports) {
      const operations: Operation[] = [];
      const decisive: number[] = [];
      for (const report of merged(reports)) {
        const planned = plan(report, operations.length);
        decisive.push(
          operations.length + planned.decisive,
          ...extra(report, operations.length, planned),
        );
        operations.push(...planned.operations);
      }
      const outcome = await database.batch(operations);
      return decisive.map((place) => outcome.applied && (outcome.results[place]?.count ?? 0) > 0);
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

function extra(report: TrialReport | WholeReport, base: number, { decisive }: Planned): number[] {
  return report.kind === "whole" ? [base + decisive] : [];
}

function plan(report: TrialReport | WholeReport, base: number): Planned {
  switch (report.kind) {
    case "started":
      return withSuperseded(report.trial, startChange(report));
    case "whole":
      return withSuperseded(report.started.trial, {
        ...finishChange(report.finished),
        set: { ...startChange(report.started).set, ...finishChange(report.finished).set },
        unset: [
          ...(startChange(report.started).unset ?? []),
          ...(finishChange(report.finished).unset ?? []),
        ],
      });
    case "finished":
      return { operations: [conditional(report.trial, finishChange(report))], decisive: 0 };
    case "resumed": {
      const change = { set: { resumed: encodeValue(report.from) } };
      return { operations: [conditional(report.trial, change)], decisive: 0 };
    }
    case "metrics":
      return {
        operations: [
          conditional(report.trial, { set: { metrics: report.last } }),
          {
            kind: "insert",
            collection: "metrics",
            documents: [metricsDocument(report)],
            ifAbsent: true,
            after: base,
          },
        ],
        decisive: 0,
      };
  }
}

/** The attempt before is kept first: its document is worth nothing until the trial moves on, and then all. */
function withSuperseded(trial: ClaimedTrial, change: Change): Planned {
  const update = conditional(trial, change);
  if (trial.superseded === undefined) return { operations: [update], decisive: 0 };
  const keep: Operation = {
    kind: "insert",
    collection: "attempts",
    documents: [trial.superseded],
    ifAbsent: true,
  };
  return { operations: [keep, update], decisive: 1 };
}

function conditional({ id, token }: ClaimedTrial, change: Change): Operation {
  return {
    kind: "update",
    collection: "trials",
    query: { id, token, status: "reserved" },
    change,
  };
}

const ofTheLastAttempt = ["endedAt", "durationMs", "error", "outcome", "resumed", "metrics"];

function startChange({ trial, startedAt, worker, run }: StartedReport): Change {
  const set: Record<string, unknown> = { attempt: trial.attempt + 1, startedAt, worker, run };
  if (trial.losses > 0) set["losses"] = trial.losses;
  return trial.superseded === undefined ? { set } : { set, unset: ofTheLastAttempt };
}

function finishChange(report: FinishedReport): Change {
  const { status, results, objective, error, endedAt, durationMs, metrics } = report;
  const set: Record<string, unknown> = { status, results, objective, endedAt, durationMs, metrics };
  if (endedAt !== undefined) set["outcome"] = status;
  if (error !== undefined) set["error"] = encodeValue(error);
  if (isFinished(status)) return { set, unset: ["availableAt", "holder"] };
  return { set: { ...set, availableAt: 0 }, unset: ["holder"] };
}

function metricsDocument({ trial, chunk, count, before, points }: MetricsReport): Document {
  const { experiment, number } = trial;
  return { experiment, number, attempt: trial.attempt + 1, chunk, count, before, points };
}

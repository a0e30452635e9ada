import type { ClaimedTrial } from "../storage/leases.ts";
import { encodePoints, type ReportedPoint } from "../storage/metrics.ts";
import type { MetricsReport } from "../storage/reports.ts";
import { encodeValue } from "../values/encode.ts";

interface Series {
  chunk: number;
  points: number;
  readonly last: Record<string, number>;
}

/** Numbers the chunks of metrics of the attempts that run now. */
export class MetricChunks {
  readonly #series = new Map<string, Series>();

  /** The next chunk of a trial. */
  next(trial: ClaimedTrial, points: readonly ReportedPoint[]): MetricsReport {
    const series = this.#series.get(trial.id) ?? { chunk: 0, points: 0, last: {} };
    this.#series.set(trial.id, series);
    for (const { name, value } of points) series.last[name] = value;
    const report = {
      kind: "metrics" as const,
      trial,
      chunk: series.chunk,
      count: points.length,
      before: series.points,
      points: encodePoints(points),
      last: encodeValue(series.last),
    };
    series.chunk += 1;
    series.points += points.length;
    return report;
  }

  /** The last value of each metric that a trial has reported, or taken over. */
  last(trial: ClaimedTrial): Readonly<Record<string, number>> {
    return { ...this.#series.get(trial.id)?.last };
  }

  /** The attempt continues from a snapshot: its metrics have the values that they had there. */
  resume(trial: ClaimedTrial, last: Readonly<Record<string, number>>): void {
    const series = this.#series.get(trial.id) ?? { chunk: 0, points: 0, last: {} };
    this.#series.set(trial.id, { ...series, last: { ...series.last, ...last } });
  }

  /** The attempt is over. */
  end(trial: ClaimedTrial): void {
    this.#series.delete(trial.id);
  }
}

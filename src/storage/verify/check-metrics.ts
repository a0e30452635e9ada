import type { Document } from "../../database/contract.ts";
import type { Finding } from "./findings.ts";
import { isWhole, shown } from "./stored-values.ts";
import type { MetricChunk, TrialRecord } from "./trial-record.ts";

const metrics = (message: string): Finding => ({ invariant: "metrics", message });

/** The chunks of a trial's metrics: of each attempt from 0 on, each with the points that it counts. */
export function* checkMetrics(
  { metrics: chunks }: TrialRecord,
  trial: Document,
): Generator<Finding, void> {
  let last: MetricChunk | undefined;
  let points = 0;
  for (const chunk of chunks) {
    const isNext = last?.attempt === chunk.attempt;
    if (!isNext) {
      points = 0;
      if (!isWhole(chunk.attempt, 1) || chunk.attempt > Number(trial["attempt"])) {
        yield metrics(`Metrics are of attempt ${shown(chunk.attempt)}, which is none`);
      }
    }
    yield* checkChunk(chunk, isNext ? Number(last?.chunk) + 1 : 0, points);
    points = Number(chunk.before) + Number(chunk.count);
    last = chunk;
  }
}

function* checkChunk(
  { attempt, chunk, count, before, points }: MetricChunk,
  expected: number,
  earlier: number,
): Generator<Finding, void> {
  const name = `chunk ${shown(chunk)} of the metrics of attempt ${shown(attempt)}`;
  if (chunk !== expected) {
    yield metrics(
      `Chunk ${String(expected)} of the metrics of attempt ${shown(attempt)} is missing`,
    );
  } else if (before !== earlier) {
    yield metrics(
      `${upper(name)} says that ${shown(before)} points come before, not ${String(earlier)}`,
    );
  }
  if (points === undefined) yield metrics(`${upper(name)} cannot be read`);
  else if (points !== count) {
    yield metrics(`${upper(name)} holds ${String(points)} points, and says ${shown(count)}`);
  }
}

function upper(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

import type { Document } from "../database/contract.ts";
import type { MetricPoint } from "../model/trial.ts";
import { encodeValue } from "../values/encode.ts";
import type { StorageContext } from "./context.ts";
import type { ExperimentRef, ExperimentStore } from "./experiments.ts";
import { decodedIn, numberIn, optionalNumber, textIn } from "./records.ts";

/** One reported point before it is stored. `time` is milliseconds since 1970 in UTC. */
export interface ReportedPoint {
  readonly name: string;
  readonly step: number | null;
  readonly time: number;
  readonly value: number;
}

/** The points of a chunk by column: `name` holds places in `names`. */
interface MetricColumns {
  readonly names: readonly string[];
  readonly name: readonly number[];
  readonly step: readonly (number | null)[];
  readonly time: readonly number[];
  readonly value: readonly number[];
}

/** The text under which points are stored. */
export function encodePoints(points: readonly ReportedPoint[]): string {
  const names = [...new Set(points.map((point) => point.name))];
  const place = new Map(names.map((name, i) => [name, i]));
  return encodeValue({
    names,
    name: points.map((point) => place.get(point.name) ?? 0),
    step: points.map((point) => point.step),
    time: points.map((point) => point.time),
    value: points.map((point) => point.value),
  } satisfies MetricColumns);
}

export interface MetricFilter {
  /** Only this metric. */
  readonly name?: string;
  /** Only the trial with this number. */
  readonly number?: number;
  /** Also the points of attempts that later ones did not continue. */
  readonly allAttempts?: boolean;
}

export interface MetricStore {
  /**
   * The series of an experiment's metrics, trial by trial in the order in which they were reported. Where
   * an attempt continued from a snapshot, the points before the snapshot are those of the attempt that saved it.
   */
  getMetrics(experiment: ExperimentRef, filter?: MetricFilter): AsyncGenerator<MetricPoint, void>;
}

interface Continuation {
  readonly attempt: number;
  readonly points: number;
}

export function createMetricStore(
  { database }: StorageContext,
  experiments: ExperimentStore,
): MetricStore {
  /** Which points count: for each attempt of the chain that led to the last one, how many. */
  async function chainOf(trial: Document): Promise<ReadonlyMap<number, number>> {
    const chain = new Map<number, number>();
    let attempt = numberIn(trial, "attempt");
    let points = Infinity;
    // The last attempt is kept apart when the trial was made new, or was completed by hand.
    let source = trial["startedAt"] === undefined ? await kept(trial, attempt) : trial;
    for (;;) {
      chain.set(attempt, points);
      const resumed = source && (decodedIn(source, "resumed") as Continuation | undefined);
      if (resumed === undefined || chain.has(resumed.attempt)) return chain;
      ({ attempt, points } = resumed);
      source = await kept(trial, attempt);
    }
  }

  async function kept(trial: Document, attempt: number): Promise<Document | undefined> {
    const { experiment, number } = trial;
    const [document] = await database.read("attempts", { experiment, number, attempt });
    return document;
  }

  async function* ofTrial(
    trial: Document,
    filter: MetricFilter,
  ): AsyncGenerator<MetricPoint, void> {
    const { experiment, number } = trial;
    const sort = [{ field: "attempt" }, { field: "chunk" }];
    const chunks = await database.read("metrics", { experiment, number }, { sort });
    if (chunks.length === 0) return;
    const chain = filter.allAttempts === true ? undefined : await chainOf(trial);
    for (const chunk of chunks) {
      const attempt = numberIn(chunk, "attempt");
      const counted = chain === undefined ? Infinity : (chain.get(attempt) ?? 0);
      const columns = decodedIn(chunk, "points") as MetricColumns;
      const before = optionalNumber(chunk, "before") ?? 0;
      for (const [i, value] of columns.value.entries()) {
        if (before + i >= counted) break;
        const name = columns.names[columns.name[i] ?? 0] ?? "";
        if (filter.name !== undefined && name !== filter.name) continue;
        yield {
          trial: textIn(trial, "id"),
          number: numberIn(trial, "number"),
          attempt,
          name,
          step: columns.step[i] ?? null,
          time: new Date(columns.time[i] ?? 0).toISOString(),
          value,
        };
      }
    }
  }

  return {
    async *getMetrics(ref, filter = {}) {
      const { key } = await experiments.getExperiment(ref);
      let after = (filter.number ?? 0) - 1;
      for (;;) {
        const trials = await database.read(
          "trials",
          {
            experiment: key,
            number: filter.number === undefined ? { $gt: after } : filter.number,
          },
          {
            sort: [{ field: "number" }],
            limit: 500,
            select: ["id", "experiment", "number", "attempt", "startedAt", "resumed"],
          },
        );
        for (const trial of trials) yield* ofTrial(trial, filter);
        if (trials.length < 500) return;
        after = numberIn(trials.at(-1) ?? {}, "number");
      }
    },
  };
}

import type { TrialStatus } from "../model/status.ts";
import type { Trial } from "../model/trial.ts";
import type { ParamsOf, SpaceInput } from "../space/params-of.ts";
import type { ExperimentRef, ExperimentStore } from "./experiments.ts";
import { selectTrials, type SelectedTrials, type TrialChoice } from "./selection/select-trials.ts";
import type { TrialReadStore } from "./trials.ts";

type PlainMap = Readonly<Record<string, unknown>>;

/** The results of an experiment whose `run` returns this: a bare number is the value of the objective. */
export type ResultsOf<Returned> =
  Awaited<Returned> extends number
    ? Readonly<Record<string, number>>
    : Awaited<Returned> extends object
      ? Readonly<Awaited<Returned>>
      : PlainMap;

/** A definition as far as the types of its trials depend on it. */
export interface TypedDefinition<Input extends SpaceInput, Returned> {
  readonly name: string;
  readonly space: Input;
  // Parameters are compared contravariantly: never accepts every function.
  readonly run: (params: never, trial: never) => Returned;
}

/** Trials to read. Each step returns a new query; nothing is read before the last one. */
export interface TrialQuery<Params = PlainMap, Results = PlainMap> {
  /** Only trials for which an expression such as `lr < 0.1 and accuracy > 0.9` holds; several are joined by and. */
  where(expression: string): TrialQuery<Params, Results>;
  /** Only trials in one of these states. */
  status(...statuses: readonly TrialStatus[]): TrialQuery<Params, Results>;
  /** In the order of a parameter, a result, a metric or a field; by number unless told. Absent values come last. */
  sort(name: string, options?: { readonly descending?: boolean }): TrialQuery<Params, Results>;
  /** At most this many. */
  limit(count: number): TrialQuery<Params, Results>;
  /** All trials. Throws `INVALID_EXPRESSION`, or `NOT_FOUND` for the experiment. */
  rows(): Promise<Trial<Params, Results>[]>;
  /** The trials page by page: constant memory, however many there are. */
  each(): AsyncGenerator<Trial<Params, Results>, void>;
  first(): Promise<Trial<Params, Results> | undefined>;
  count(): Promise<number>;
}

export interface TrialQueryStore {
  /**
   * The trials of an experiment, to be narrowed and read. With the definition instead of a name the rows
   * have its types.
   *
   * @example
   * const rows = await storage.trials("penguins").where("accuracy > 0.98").sort("loss").rows();
   */
  trials<Input extends SpaceInput, Returned>(
    definition: TypedDefinition<Input, Returned>,
  ): TrialQuery<ParamsOf<Input>, ResultsOf<Returned>>;
  trials(experiment: ExperimentRef): TrialQuery;
}

export function createTrialQueryStore(
  storage: TrialReadStore,
  experiments: ExperimentStore,
): TrialQueryStore {
  function query(ref: ExperimentRef, choice: TrialChoice): TrialQuery {
    const selected = async (): Promise<SelectedTrials> =>
      await selectTrials(storage, await experiments.getExperiment(ref), choice);
    return {
      where: (expression) => {
        const { where = [] } = choice;
        return query(ref, { ...choice, where: [where, expression].flat() });
      },
      status: (...statuses) => query(ref, { ...choice, statuses }),
      sort: (name, { descending = false } = {}) =>
        query(ref, { ...choice, order: { name, descending } }),
      limit: (limit) => query(ref, { ...choice, limit }),
      async rows() {
        const rows: Trial[] = [];
        for await (const trial of (await selected()).trials()) rows.push(trial);
        return rows;
      },
      async *each() {
        yield* (await selected()).trials();
      },
      async first() {
        for await (const trial of query(ref, { ...choice, limit: 1 }).each()) return trial;
        return undefined;
      },
      count: async () => await (await selected()).count(),
    };
  }

  function trials(experiment: ExperimentRef | TypedDefinition<SpaceInput, unknown>): TrialQuery {
    const isRef = typeof experiment === "string" || "id" in experiment;
    return query(isRef ? experiment : experiment.name, {});
  }
  return { trials };
}

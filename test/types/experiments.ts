/*
 * What the compiler knows of an experiment. Nothing here is run: `npm run types` checks it, and a line that
 * is expected to be an error and is none fails.
 */
import {
  choice,
  defineExperiment,
  execute,
  fidelity,
  getStore,
  integer,
  linspace,
  matched,
  parameter,
  repeat,
  uniform,
  variant,
  type TrialSnapshot,
} from "assay";
import { expectTypeOf } from "vitest";

/** Does nothing: where a line would else have no use for its value. */
declare function read(value: unknown): void;

const space = {
  optimizer: choice(["sgd", "adam"]),
  layers: choice([1, 2, 3]),
  mixed: choice([1, "two", null]),
  rate: linspace(0, 1, 3),
  weights: uniform(0, 1, { shape: 3 }),
  depth: integer(1, 9),
  epochs: fidelity(1, 81),
  before: matched(["a", "b"]),
  again: repeat({ fold: 1 }, 3),
  prior: "loguniform(1e-5, 1)",
  share: "beta(2, 3)",
  events: "+poisson(mu=3)",
  name: "penguins",
  count: 50,
  flag: false,
  nothing: null,
  since: new Date(0),
  sizes: [32, 16],
  given: parameter<number>(),
  model: { bias: choice([true, false]), inner: { width: 8 } },
  algorithm: variant("kind", {
    tree: { leaves: choice([2, 4]) },
    forest: { trees: integer(1, 100), bootstrap: true },
  }),
} as const;

export const parameters = defineExperiment({
  name: "parameters",
  space,
  run: (params, trial) => {
    expectTypeOf(params.optimizer).toEqualTypeOf<"sgd" | "adam">();
    expectTypeOf(params.layers).toEqualTypeOf<1 | 2 | 3>();
    expectTypeOf(params.mixed).toEqualTypeOf<1 | "two" | null>();
    expectTypeOf(params.rate).toEqualTypeOf<number>();
    expectTypeOf(params.depth).toEqualTypeOf<number>();
    expectTypeOf(params.epochs).toEqualTypeOf<number>();
    expectTypeOf(params.before).toEqualTypeOf<string>();
    expectTypeOf(params.again).toEqualTypeOf<{ fold: number }>();
    expectTypeOf(params.prior).toEqualTypeOf<number>();
    expectTypeOf(params.share).toEqualTypeOf<number>();
    expectTypeOf(params.events).toEqualTypeOf<number>();
    expectTypeOf(params.name).toEqualTypeOf<string>();
    expectTypeOf(params.count).toEqualTypeOf<number>();
    expectTypeOf(params.flag).toEqualTypeOf<boolean>();
    expectTypeOf(params.nothing).toEqualTypeOf<null>();
    expectTypeOf(params.since).toEqualTypeOf<Date>();
    expectTypeOf(params.given).toEqualTypeOf<number>();
    expectTypeOf(params.model.bias).toEqualTypeOf<boolean>();
    expectTypeOf(params.model.inner.width).toEqualTypeOf<number>();
    expectTypeOf(trial.params).toEqualTypeOf(params);
    const sizes: readonly number[] = params.sizes;
    const weights: readonly number[] = params.weights;

    // @ts-expect-error a misspelt parameter
    read(params.layer);
    // @ts-expect-error a misspelt nested parameter
    read(params.model.biass);
    // @ts-expect-error a value that the choice does not have
    read(params.optimizer === "adamw");
    // @ts-expect-error parameters are not changed
    params.count = 3;
    return { sizes, weights };
  },
});

export const variants = defineExperiment({
  name: "variants",
  space,
  run: ({ algorithm }) => {
    expectTypeOf(algorithm.kind).toEqualTypeOf<"tree" | "forest">();
    // @ts-expect-error only one of the branches has leaves
    read(algorithm.leaves);
    if (algorithm.kind === "tree") {
      expectTypeOf(algorithm.leaves).toEqualTypeOf<2 | 4>();
      // @ts-expect-error a tree has no trees
      read(algorithm.trees);
      return { size: algorithm.leaves };
    }
    expectTypeOf(algorithm.trees).toEqualTypeOf<number>();
    expectTypeOf(algorithm.bootstrap).toEqualTypeOf<boolean>();
    return { size: algorithm.trees };
  },
});

interface Table {
  readonly rows: readonly number[];
}

export const store = defineExperiment({
  name: "store",
  space: { column: choice(["mass", "length"]), scale: 2 },
  setup: async (config): Promise<Table> => {
    expectTypeOf(config.scale).toEqualTypeOf<2>();
    // @ts-expect-error the configuration has no such entry
    read(config.skale);
    return Promise.resolve({ rows: [config.scale] });
  },
  run: (params, trial) => {
    expectTypeOf(trial.store).toEqualTypeOf<Table>();
    // @ts-expect-error the store has no such entry
    read(trial.store.columns);
    expectTypeOf(getStore<Table>()).toEqualTypeOf<Table>();
    return { total: trial.store.rows.length, column: params.column };
  },
});

export const withoutStore = defineExperiment({
  name: "without a store",
  space: { x: choice([1, 2]) },
  run: (_params, trial) => {
    expectTypeOf(trial.store).toEqualTypeOf<undefined>();
  },
});

// What a trial returns is known of the experiment.
expectTypeOf<Awaited<ReturnType<typeof store.run>>>().toEqualTypeOf<{
  total: number;
  column: "mass" | "length";
}>();
expectTypeOf<Awaited<ReturnType<typeof variants.run>>>().toEqualTypeOf<{ size: number }>();

export const results = [
  defineExperiment({
    name: "a number",
    space: { x: choice([1, 2]) },
    objective: { minimize: "y" },
    run: ({ x }) => x / 2,
  }),
  defineExperiment({
    name: "a promise",
    space: { x: choice([1, 2]) },
    objective: [{ minimize: "y" }, { maximize: "z" }],
    run: async ({ x }) => Promise.resolve({ y: x, z: -x }),
  }),
  defineExperiment({
    name: "a text is no result",
    space: { x: choice([1, 2]) },
    // @ts-expect-error results are a map, or one number
    run: () => "good",
  }),
] as const;

defineExperiment({
  name: "slips",
  space: { x: choice([1, 2]) },
  // @ts-expect-error no such field
  maxTrails: 5,
  run: () => ({}),
});

defineExperiment({
  name: "no such direction",
  space: { x: choice([1, 2]) },
  // @ts-expect-error minimize or maximize
  objective: { minimise: "y" },
  run: () => ({}),
});

// @ts-expect-error an experiment needs something to run
defineExperiment({ name: "nothing to run", space: { x: choice([1, 2]) } });

export async function inside(): Promise<unknown> {
  const experiment = defineExperiment({
    name: "inside",
    space: { x: choice([1, 2]) },
    run: async ({ x }, trial) => {
      const snapshot = await trial.latestSnapshot<{ epoch: number }>();
      expectTypeOf(snapshot).toEqualTypeOf<TrialSnapshot<{ epoch: number }> | undefined>();
      const epoch = snapshot?.state.epoch ?? 0;
      const number = await trial.saveSnapshot({ epoch: epoch + 1 }, "epoch");
      expectTypeOf(number).toEqualTypeOf<number>();
      const other = await trial.resultsOf<{ final: number }>("id");
      expectTypeOf(other.final).toEqualTypeOf<number>();
      trial.report({ loss: x }, epoch);
      // @ts-expect-error metrics are numbers
      trial.report({ loss: "low" });
      // @ts-expect-error an artifact is bytes or a text
      await trial.artifact("model", { weights: [] });
    },
  });
  // Any experiment can be executed, whatever its types.
  await execute(parameters);
  await execute(store, { maxTrials: 3, executor: "inline" });
  // @ts-expect-error no such executor
  await execute(experiment, { executor: "seriel" });
  // @ts-expect-error no such option
  await execute(experiment, { maxTrails: 3 });
  const { best } = await execute("file.ts");
  return best?.results;
}

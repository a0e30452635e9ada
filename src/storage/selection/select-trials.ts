import type { Query } from "../../database/contract.ts";
import { matches } from "../../expression/evaluate.ts";
import { conjunction, type Expression } from "../../expression/expression.ts";
import { lookupName } from "../../expression/lookup.ts";
import { namesOf } from "../../expression/names.ts";
import { parseExpression } from "../../expression/parse.ts";
import { toQuery } from "../../expression/to-query.ts";
import type { Experiment } from "../../model/experiment.ts";
import type { TrialStatus } from "../../model/status.ts";
import type { Trial } from "../../model/trial.ts";
import { spaceFromDefinition } from "../../space/create-space.ts";
import type { TrialReadStore } from "../trials.ts";
import { exactFields } from "./exact-fields.ts";
import { checkNames } from "./known-names.ts";
import { orderTrials, type TrialOrder } from "./order-trials.ts";
import { toTrialScope } from "./trial-scope.ts";

/** Which trials of an experiment, and in which order. */
export interface TrialChoice {
  /** Only trials in one of these states. */
  readonly statuses?: readonly TrialStatus[];
  /** An expression such as `lr < 0.1 and accuracy > 0.9`, or several that all hold. */
  readonly where?: string | readonly string[];
  /** Default: by number. */
  readonly order?: TrialOrder;
  readonly limit?: number;
}

/** Trials that were chosen; nothing is read before it is asked for. */
export interface SelectedTrials {
  /** The trials, page by page, in their order. Can be asked for again. */
  trials(): AsyncGenerator<Trial, void>;
  /** How many there are. */
  count(): Promise<number>;
}

/** Trials are fetched by their numbers in batches of this many. */
const batchSize = 500;

/**
 * Chooses trials. What the database can answer exactly it does; the rest is asked of each trial that it
 * finds. Throws `INVALID_EXPRESSION` on an expression that cannot be read or names what no trial has.
 */
export async function selectTrials(
  storage: TrialReadStore,
  experiment: Experiment,
  { statuses, where, order, limit = Infinity }: TrialChoice,
): Promise<SelectedTrials> {
  const space = spaceFromDefinition(experiment.space);
  const expression = parseAll(where);
  const names = expression === undefined ? [] : namesOf(expression);
  await checkNames(storage, experiment, space, { expression: names, order: order?.name });

  const split = expression === undefined ? undefined : toQuery(expression, exactFields(space));
  const query = {
    ...split?.query,
    ...(statuses === undefined ? {} : { status: { $in: statuses } }),
  };
  const unordered = (upTo: number): AsyncGenerator<Trial, void> =>
    matching(storage, experiment, { query, residual: split?.residual, limit: upTo });
  if (order !== undefined) {
    let ordered: Promise<readonly number[]> | undefined;
    const numbers = async (): Promise<readonly number[]> =>
      await (ordered ??= orderTrials(unordered(Infinity), order, limit));
    return {
      async *trials() {
        yield* byNumbers(storage, experiment, await numbers());
      },
      count: async () => (await numbers()).length,
    };
  }
  return {
    trials: () => unordered(limit),
    async count() {
      if (expression === undefined) {
        return Math.min(limit, await countStatuses(storage, experiment, statuses));
      }
      let count = 0;
      for await (const _ of unordered(limit)) count += 1;
      return count;
    },
  };
}

/** Each expression is parsed by itself, so that none can undo another. */
function parseAll(where: TrialChoice["where"]): Expression | undefined {
  const texts = where === undefined ? [] : typeof where === "string" ? [where] : where;
  const [first, ...others] = texts.map(parseExpression);
  return first === undefined ? undefined : conjunction([first, ...others]);
}

async function* matching(
  storage: TrialReadStore,
  experiment: Experiment,
  {
    query,
    residual,
    limit,
  }: {
    readonly query: Query;
    readonly residual: Expression | undefined;
    readonly limit: number;
  },
): AsyncGenerator<Trial, void> {
  if (residual === undefined) {
    yield* storage.eachTrial(experiment, { where: query, limit });
    return;
  }
  let left = limit;
  if (left <= 0) return;
  for await (const trial of storage.eachTrial(experiment, { where: query })) {
    const scope = toTrialScope(trial);
    if (!matches(residual, (name) => lookupName(scope, name))) continue;
    yield trial;
    left -= 1;
    if (left <= 0) return;
  }
}

async function* byNumbers(
  storage: TrialReadStore,
  experiment: Experiment,
  numbers: readonly number[],
): AsyncGenerator<Trial, void> {
  for (let from = 0; from < numbers.length; from += batchSize) {
    const asked = numbers.slice(from, from + batchSize);
    const found = new Map<number, Trial>();
    for (const trial of await storage.fetchTrials(experiment, { number: { $in: asked } })) {
      found.set(trial.number, trial);
    }
    // What was deleted meanwhile is left out.
    for (const number of asked) {
      const trial = found.get(number);
      if (trial !== undefined) yield trial;
    }
  }
}

async function countStatuses(
  storage: TrialReadStore,
  experiment: Experiment,
  statuses: readonly TrialStatus[] | undefined,
): Promise<number> {
  if (statuses === undefined) return await storage.countTrials(experiment);
  let count = 0;
  for (const status of new Set(statuses)) count += await storage.countTrials(experiment, status);
  return count;
}

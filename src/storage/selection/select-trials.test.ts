import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { matches } from "../../expression/evaluate.ts";
import { lookupName } from "../../expression/lookup.ts";
import { parseExpression } from "../../expression/parse.ts";
import type { Experiment } from "../../model/experiment.ts";
import { choice, variant } from "../../space/constructors.ts";
import { createSpace } from "../../space/create-space.ts";
import { openStorage } from "../open-storage.ts";
import type { Storage } from "../storage.ts";
import { selectTrials } from "./select-trials.ts";
import { toTrialScope } from "./trial-scope.ts";

let storage: Storage;
let experiment: Experiment;

beforeAll(async () => {
  storage = await openStorage("memory:");
  const space = createSpace({
    a: choice([1, 2, null, "x", true]),
    deep: { b: choice([0.5, 1]) },
    opt: variant("kind", { sgd: { rate: choice([0.1]) }, none: {} }),
  });
  experiment = await storage.createExperiment({ name: "all", space });
  // A result that has the name of a parameter, and of a field, in some trials only.
  const results = [
    { score: 1 },
    { score: "high", rate: 7 },
    { score: new Date(0), status: "own", "a.b": 4 },
    { score: NaN, deep: { b: 9 } },
    undefined,
  ];
  for (let i = 0; i < space.size; i += 1) {
    const found = results[i % results.length];
    await storage.registerTrial(
      experiment,
      space.at(i),
      found === undefined ? {} : { results: found },
    );
  }
});

afterAll(async () => {
  await storage.close();
});

describe("what the database answers and what is asked of each trial together select as the expression says", () => {
  test.each([
    "a = 1",
    "a != 1",
    "a is null",
    "a is not null and deep.b < 1",
    "params.a in (1, 'x') and score = 1",
    "a >= 1 and a >= 2",
    "not a = true",
    "opt.rate = 0.1",
    "params.opt.rate is null",
    "rate = 7 or opt.kind = 'none'",
    "results.score > 0",
    "score = 'high' and deep.b = 0.5",
    "score <= '1970-01-02'",
    "score = NaN",
    "results.score != 1",
    "status = 'own'",
    "results.status is null and status = 'completed'",
    "`a.b` = 4",
    "results.deep.b = 9",
    "number < 6 and not (a = 2 or a is null)",
    "1 = 1 and 'x' = a",
  ])("%s", async (where) => {
    const expression = parseExpression(where);
    const expected: number[] = [];
    for (const trial of await storage.getTrials(experiment)) {
      const scope = toTrialScope(trial);
      if (matches(expression, (name) => lookupName(scope, name))) expected.push(trial.number);
    }
    const selected = await selectTrials(storage, experiment, { where });
    const found: number[] = [];
    for await (const { number } of selected.trials()) found.push(number);
    expect(found).toEqual(expected);
    expect(await selected.count()).toBe(expected.length);
  });
});

describe("names", () => {
  test("that no trial can have are refused, with the nearest", async () => {
    const select = (where: string) => selectTrials(storage, experiment, { where });
    await expect(select("scor = 1")).rejects.toThrow('Unknown name "scor"; did you mean "score"?');
    await expect(select("score = high")).rejects.toThrow(
      `Unknown name "high"; a text is written in quotes: 'high' (`,
    );
    await expect(select("params.score = 1")).rejects.toThrow('Unknown name "params.score"');
    await expect(select("results.a = 1")).rejects.toThrow('Unknown name "results.a"');
    await expect(select("metrics.score = 1")).rejects.toThrow('Unknown name "metrics.score"');
  });

  test("that only a later trial has are known", async () => {
    await expect(selectTrials(storage, experiment, { where: "rate = 7" })).resolves.toBeDefined();
    await expect(
      selectTrials(storage, experiment, { where: "deep is null" }),
    ).resolves.toBeDefined();
  });
});

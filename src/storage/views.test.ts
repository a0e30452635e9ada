import Sqlite from "better-sqlite3";
import { expect, test } from "vitest";
import { projectFolder } from "../../test/support/project-folder.ts";
import { choice, variant } from "../space/constructors.ts";
import { createSpace } from "../space/create-space.ts";
import { gridSpec, registerGrid, reserved, storedGrid } from "../testing/storage/fixtures.ts";
import { encodeValue } from "../values/encode.ts";
import { openStorage } from "./open-storage.ts";
import type { Storage } from "./storage.ts";

interface Opened {
  readonly storage: Storage;
  /** What a person's SQL client answers. */
  readonly select: (sql: string) => unknown[];
}

async function opened(): Promise<Opened> {
  const folder = await projectFolder({});
  const storage = await openStorage(folder.path("a.db"));
  const select = (sql: string): unknown[] => {
    const raw = new Sqlite(folder.path("a.db"), { readonly: true });
    try {
      return raw.prepare(sql).all();
    } finally {
      raw.close();
    }
  };
  return { storage, select };
}

test("a view shows parameters, results and metrics as columns", async () => {
  const { storage, select } = await opened();
  const experiment = await storage.createExperiment({
    name: "penguins",
    space: createSpace({ hidden: choice([4, 8]), model: { depth: 2 } }),
    objectives: [{ name: "accuracy", direction: "maximize" }],
  });
  await registerGrid(storage, experiment);
  expect(await storage.refreshView("penguins")).toBe("penguins");
  expect(select('select number, hidden, "model.depth", status from "penguins"')).toEqual([
    { number: 0, hidden: 4, "model.depth": 2, status: "new" },
    { number: 1, hidden: 8, "model.depth": 2, status: "new" },
  ]);

  const trial = await reserved(storage, experiment);
  const points = encodeValue({ names: [], name: [], step: [], time: [], value: [] });
  const last = encodeValue({ loss: 0.5 });
  await storage.commitReports([
    { kind: "metrics", trial, chunk: 0, count: 0, before: 0, points, last },
  ]);
  await storage.pushTrialResults(experiment, trial, { accuracy: 0.9 });
  await storage.refreshView("penguins");
  expect(select('select hidden, accuracy, loss from "penguins" order by number')).toEqual([
    { hidden: 4, accuracy: 0.9, loss: 0.5 },
    { hidden: 8, accuracy: null, loss: null },
  ]);
  await storage.close();
});

test("a parameter has its own name as its column, also where trials have a field of that name", async () => {
  const { storage, select } = await opened();
  const space = createSpace({ seed: choice([1, 2]), trial: { seed: "mine" } });
  const experiment = await storage.createExperiment({ name: "seeded", space, seed: 7 });
  await registerGrid(storage, experiment);
  await storage.refreshView("seeded");
  const trials = await storage.getTrials("seeded");
  expect(
    select('select number, seed, "trial.seed", "trial.trial.seed" as own from seeded'),
  ).toEqual(
    trials.map(({ number, params, seed }) => ({
      number,
      seed: params["seed"],
      "trial.seed": "mine",
      own: seed,
    })),
  );
  await storage.close();
});

test("a view shows ids as everything else does, and finds them", async () => {
  const { storage, select } = await opened();
  const experiment = await storedGrid(storage, 3);
  const view = await storage.refreshView("grid");
  const [, second] = await storage.getTrialIds(experiment);
  expect(select(`select number, id from "${String(view)}" where id = '${String(second)}'`)).toEqual(
    [{ number: 1, id: second }],
  );
  await storage.close();
});

test("names that are taken get another column or view", async () => {
  const { storage, select } = await opened();
  const space = createSpace({ number: choice([7]), Status: "x", loss: 1, LOSS: 2 });
  const names = ["trials", "Trials", "sqlite_x", "trials_trials", "a-b c/d.e", "A-B c/d.e"];
  const views: (string | undefined)[] = [];
  for (const name of names) {
    const experiment = await storage.createExperiment({ name, space });
    await registerGrid(storage, experiment);
    const trial = await reserved(storage, experiment);
    await storage.pushTrialResults(experiment, trial, { loss: 3 });
    views.push(await storage.refreshView(name));
    expect(await storage.refreshView(name)).toBe(views.at(-1));
  }
  expect(views[0]).toBe("trials_trials");
  expect(views[4]).toBe("a-b c/d.e");
  expect(views[5]).toBe("A-B c/d.e_trials");
  expect(new Set(views.map((view) => view?.toLowerCase())).size).toBe(names.length);
  for (const view of views) {
    expect(select(`select * from "${String(view)}"`)).toMatchObject([
      {
        "trial.number": 0,
        number: 7,
        "trial.status": "completed",
        Status: "x",
        loss: 1,
        "params.LOSS": 2,
        "results.loss": 3,
      },
    ]);
  }
  expect(await storage.countTrials("trials")).toBe(1);
  await storage.close();
});

test("results that SQL cannot name have no column, and keep no other from being shown", async () => {
  const { storage, select } = await opened();
  const experiment = await storedGrid(storage, 2);
  const plain = { loss: 0.5, 'quo"te': 1, "it's; --": 2 };
  const odd = { "a\0b": 4, "\ud800": 5 };
  const trial = await reserved(storage, experiment);
  await storage.pushTrialResults(experiment, trial, { ...odd, ...plain });
  const other = await reserved(storage, experiment);
  await storage.pushTrialResults(experiment, other, plain);
  expect(await storage.refreshView("grid")).toBe("grid");
  const [first, second] = select("select * from grid order by number") as object[];
  expect(first).toMatchObject({ x: 0, status: "completed" });
  expect(second).toMatchObject({ x: 1, ...plain });
  expect(Object.keys(second ?? {}).filter((name) => /[\0\ud800-\udfff]/.test(name))).toEqual([]);
  // They are stored all the same.
  expect((await storage.getTrial(trial.id)).results).toEqual({ ...odd, ...plain });
  await storage.close();
});

test("branches of a variant share the columns of equal parameters", async () => {
  const { storage, select } = await opened();
  const space = createSpace({
    optimizer: variant("kind", { sgd: { lr: 0.1, momentum: 0.9 }, adam: { lr: 0.2 } }),
  });
  const experiment = await storage.createExperiment({ name: "variants", space });
  await registerGrid(storage, experiment);
  await storage.refreshView("variants");
  expect(select('select "optimizer.kind" as kind, "optimizer.lr" as lr from variants')).toEqual([
    { kind: "sgd", lr: 0.1 },
    { kind: "adam", lr: 0.2 },
  ]);
  await storage.close();
});

test("each version has its view, and a deleted experiment has none", async () => {
  const { storage, select } = await opened();
  await storedGrid(storage, 1);
  await storage.createExperiment(gridSpec(2, { version: 2 }));
  expect(await storage.refreshView("grid@1")).toBe("grid");
  expect(await storage.refreshView("grid@2")).toBe("grid@2");
  const views = (): unknown => select("select name from sqlite_master where type = 'view'");
  expect(views()).toEqual([{ name: "grid" }, { name: "grid@2" }]);
  await storage.deleteExperiment("grid@1");
  expect(views()).toEqual([{ name: "grid@2" }]);
  await storage.deleteExperiment("grid");
  expect(views()).toEqual([]);
  // The name is free again.
  await storedGrid(storage, 3);
  expect(await storage.refreshView("grid")).toBe("grid");
  expect(select("select count(*) as count from grid")).toEqual([{ count: 3 }]);
  await storage.close();
});

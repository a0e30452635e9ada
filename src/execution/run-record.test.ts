import { expect, test } from "vitest";
import { createGrid } from "../algorithms/grid.ts";
import { spaceFromDefinition } from "../space/create-space.ts";
import { openStorage } from "../storage/open-storage.ts";
import { numbersOf, storedGrid, trialIn } from "../testing/storage/fixtures.ts";
import { Registrar } from "./registrar.ts";
import { RunRecord } from "./run-record.ts";
import { openTrials } from "./trial-source.ts";

test("claims are given back when the record of the run cannot be made, and the run may be tried again", async () => {
  await using storage = await openStorage("memory:");
  const experiment = await storedGrid(storage, 3);
  await trialIn(storage, experiment, "interrupted");
  const before = await storage.getTrials(experiment);
  // Somebody has the number that this run would get.
  await storage.database.write("runs", { number: 1, reference: "taken" });
  const record = new RunRecord(storage, experiment, { holder: "me", command: [] });
  const grid = createGrid(spaceFromDefinition(experiment.space));
  const registrar = new Registrar(storage, experiment, grid, Infinity);
  const source = record.startingWith(openTrials(storage, experiment, registrar, "me", Infinity));
  await expect(source.claim(3)).rejects.toMatchObject({ code: "DUPLICATE" });
  expect(record.reference).toBe("");
  expect(await storage.getTrials(experiment)).toEqual(before);
  expect(before.map(({ status }) => status)).toEqual(["interrupted", "new", "new"]);

  const claimed = await source.claim(3);
  expect(numbersOf(claimed)).toEqual([0, 1, 2]);
  expect(record.reference).toBe((await storage.getRuns(experiment))[0]?.reference);
});

import { expect, test } from "vitest";
import { trialStatuses } from "./status.ts";
import { isFinished, mayAdminister } from "./transitions.ts";

test("nothing runs a trial again by itself that is completed, broken or pruned", () => {
  expect(trialStatuses.filter(isFinished)).toEqual(["completed", "broken", "pruned"]);
});

test("a person may do what the table of states allows, and nothing else", () => {
  const open = ["new", "suspended", "interrupted", "broken"];
  const withResults = ["new", "suspended", "completed", "interrupted", "broken"];
  const table = Object.fromEntries(
    trialStatuses.map((from) => [from, trialStatuses.filter((to) => mayAdminister(from, to))]),
  );
  expect(table).toEqual({
    new: withResults,
    reserved: withResults,
    suspended: withResults,
    interrupted: withResults,
    broken: open,
    pruned: open,
    completed: ["new"],
  });
});

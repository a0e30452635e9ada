import { expect, test } from "vitest";
import { nextCommand } from "./next-command.ts";

test.each([
  [{}, ["trials", "penguins"], "assay trials penguins"],
  [{ storage: "a b.db" }, ["list"], "assay list --storage 'a b.db'"],
  [{}, ["trial", "my sweep#3"], "assay trial 'my sweep#3'"],
  [{}, ["trial", "sweep@2#3"], "assay trial sweep@2#3"],
  [{}, ["run", "it's.ts"], "assay run 'it'\\''s.ts'"],
  [{}, ["run", ""], "assay run ''"],
  [
    { storage: "b.db" },
    ["run", "--name", "n", "--", "train", "--lr~uniform(0, 1)"],
    "assay run --name n --storage b.db -- train '--lr~uniform(0, 1)'",
  ],
])("with %j, %j is a command that a shell reads", (globals, args, command) => {
  expect(nextCommand(globals, ...args)).toBe(command);
});

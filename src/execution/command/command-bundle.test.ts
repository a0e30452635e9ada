import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { isCodeBundle } from "../../provenance/code/code-bundle.ts";
import { materialise } from "../../provenance/code/materialise.ts";
import { isExperiment } from "../define-experiment.ts";
import { commandBundle } from "./command-bundle.ts";
import { commandOf } from "./define-command.ts";

const program = {
  name: "stored",
  command: ["echo", '{"x": 1}'],
  objective: { minimize: "x" },
} as const;

test("the stored code of a command is a module that defines it", async () => {
  const root = await realpath(await mkdtemp(join(tmpdir(), "command-")));
  onTestFinished(() => rm(root, { recursive: true }));
  const bundle = commandBundle(program);
  expect(isCodeBundle(bundle)).toBe(true);
  const module = (await import(await materialise(bundle, root))) as { readonly default: object };
  expect(isExperiment(module.default)).toBe(true);
  expect(commandOf(module.default)).toEqual(program);
});

test("the identity of a command's code is all of its words", () => {
  const { hash } = commandBundle(program);
  expect(commandBundle({ ...program, command: [...program.command] }).hash).toBe(hash);
  expect(commandBundle({ ...program, command: [...program.command, "--fast"] }).hash).not.toBe(
    hash,
  );
});

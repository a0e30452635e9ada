import { relative } from "node:path";
import { AssayError } from "../errors/assay-error.ts";
import type { CodeBundle } from "../provenance/code/code-bundle.ts";
import { findExperimentFile } from "../provenance/code/experiment-file.ts";
import { loadBundle } from "../provenance/code/load-bundle.ts";
import { materialise } from "../provenance/code/materialise.ts";
import { showValue } from "../space/show-value.ts";
import { commandBundle } from "./command/command-bundle.ts";
import { commandOf } from "./command/define-command.ts";
import { checkProgram } from "./command/find-command.ts";
import { isExperiment, type AnyExperiment } from "./define-experiment.ts";
import type { Program } from "./executor.ts";

/** What is to be executed, and the bundle of its code where there is one. */
export interface LoadedProgram {
  readonly program: Program;
  readonly bundle?: CodeBundle;
}

/**
 * Makes of what is to be executed something that workers can run: bundles a file, and checks that the program
 * of a command can be started in `directory`. `USAGE` when it is given something else.
 */
export async function loadProgram(
  experiment: AnyExperiment | string | URL,
  exportName: string,
  directory: string,
): Promise<LoadedProgram> {
  if (isExperiment(experiment)) return await loadObject(experiment, directory);
  if (typeof experiment !== "string" && !(experiment instanceof URL)) {
    throw new AssayError(
      "USAGE",
      `execute takes what defineExperiment or defineCommand returned, or the path or URL of a file, got ${showValue(experiment)}`,
    );
  }
  const bundle = await loadBundle(experiment);
  const { path, root } = await findExperimentFile(experiment);
  const url = await materialise(bundle, root);
  const shownFile = relative(process.cwd(), path) || path;
  return { program: { kind: "file", program: { url, file: path, shownFile, exportName } }, bundle };
}

async function loadObject(experiment: AnyExperiment, directory: string): Promise<LoadedProgram> {
  const program = commandOf(experiment);
  if (program === undefined) return { program: { kind: "object", experiment } };
  await checkProgram(program.command[0] ?? "", directory, process.env["PATH"] ?? "");
  return { program: { kind: "command", program }, bundle: commandBundle(program) };
}

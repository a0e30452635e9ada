import { relative } from "node:path";
import { AssayError } from "../errors/assay-error.ts";
import type { CodeBundle } from "../provenance/code/code-bundle.ts";
import { findExperimentFile } from "../provenance/code/experiment-file.ts";
import { loadBundle } from "../provenance/code/load-bundle.ts";
import { materialise } from "../provenance/code/materialise.ts";
import { showValue } from "../space/show-value.ts";
import { isExperiment, type AnyExperiment } from "./define-experiment.ts";
import type { Program } from "./executor.ts";

/** What is to be executed, and the bundle of its code where it came from a file. */
export interface LoadedProgram {
  readonly program: Program;
  readonly bundle?: CodeBundle;
}

/** Bundles an experiment file so that any worker can import it. `USAGE` when it is given something else. */
export async function loadProgram(
  experiment: AnyExperiment | string | URL,
  exportName: string,
): Promise<LoadedProgram> {
  if (isExperiment(experiment)) return { program: { kind: "object", experiment } };
  if (typeof experiment !== "string" && !(experiment instanceof URL)) {
    throw new AssayError(
      "USAGE",
      `execute takes what defineExperiment returned, or the path or URL of a file, got ${showValue(experiment)}`,
    );
  }
  const bundle = await loadBundle(experiment);
  const { path, root } = await findExperimentFile(experiment);
  const url = await materialise(bundle, root);
  const shownFile = relative(process.cwd(), path) || path;
  return { program: { kind: "file", program: { url, file: path, shownFile, exportName } }, bundle };
}

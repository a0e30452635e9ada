import { relative } from "node:path";
import type { CodeBundle } from "../provenance/code/code-bundle.ts";
import { findExperimentFile } from "../provenance/code/experiment-file.ts";
import { loadBundle } from "../provenance/code/load-bundle.ts";
import { materialise } from "../provenance/code/materialise.ts";
import { isExperiment, type AnyExperiment } from "./define-experiment.ts";
import type { Program } from "./executor.ts";

/** What is to be executed, and the bundle of its code where it came from a file. */
export interface LoadedProgram {
  readonly program: Program;
  readonly bundle?: CodeBundle;
}

/** Bundles an experiment file so that any worker can import it. */
export async function loadProgram(
  experiment: AnyExperiment | string | URL,
  exportName: string,
): Promise<LoadedProgram> {
  if (isExperiment(experiment)) return { program: { kind: "object", experiment } };
  const bundle = await loadBundle(experiment);
  const { path, root } = await findExperimentFile(experiment);
  const url = await materialise(bundle, root);
  const shownFile = relative(process.cwd(), path) || path;
  return { program: { kind: "file", program: { url, file: path, shownFile, exportName } }, bundle };
}

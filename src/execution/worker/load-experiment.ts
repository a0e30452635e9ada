import { describeLoadError } from "../../provenance/code/describe-load-error.ts";
import { selectExport } from "../../provenance/code/select-export.ts";
import { isExperiment, type AnyExperiment } from "../define-experiment.ts";
import type { WorkerProgram } from "../worker-program.ts";
import { importFor } from "./importing.ts";

/** Imports the experiment of a program. Errors are one line that names the user's file, code `INVALID_FILE`. */
export async function loadExperiment(program: WorkerProgram): Promise<AnyExperiment> {
  const { shownFile: file, exportName: name } = program;
  const module = await importProgram(program);
  return selectExport(module, { file, name, isExperiment }) as AnyExperiment;
}

async function importProgram({ url, file }: WorkerProgram): Promise<Record<string, unknown>> {
  try {
    return await importFor(file, url);
  } catch (error) {
    throw await describeLoadError(error, { url, file });
  }
}

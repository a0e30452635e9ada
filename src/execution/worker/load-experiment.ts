import { describeLoadError } from "../../provenance/code/describe-load-error.ts";
import { selectExport } from "../../provenance/code/select-export.ts";
import { isExperiment, type AnyExperiment } from "../define-experiment.ts";
import { defineCommand } from "../command/define-command.ts";
import type { FileProgram, WorkerProgram } from "../worker-program.ts";
import { importFor } from "./importing.ts";

/** The experiment of a program. Errors of a file are one line that names it, code `INVALID_FILE`. */
export async function loadExperiment({ kind, program }: WorkerProgram): Promise<AnyExperiment> {
  return kind === "command" ? defineCommand(program) : await loadFile(program);
}

async function loadFile(program: FileProgram): Promise<AnyExperiment> {
  const { shownFile: file, exportName: name } = program;
  const module = await importFile(program);
  return selectExport(module, { file, name, isExperiment }) as AnyExperiment;
}

async function importFile({ url, file }: FileProgram): Promise<Record<string, unknown>> {
  try {
    return await importFor(file, url);
  } catch (error) {
    throw await describeLoadError(error, { url, file });
  }
}

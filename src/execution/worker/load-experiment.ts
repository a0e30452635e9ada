import { describeLoadError } from "../../provenance/code/describe-load-error.ts";
import { selectExport } from "../../provenance/code/select-export.ts";
import { isExperiment, type AnyExperiment } from "../define-experiment.ts";
import type { WorkerProgram } from "../worker-program.ts";

const importing = Symbol.for("assay.importing");

/** The experiment file that this thread is importing now, if it is. */
export function fileBeingImported(): string | undefined {
  const file: unknown = Reflect.get(globalThis, importing);
  return typeof file === "string" ? file : undefined;
}

/** Imports the experiment of a program. Errors are one line that names the user's file, code `INVALID_FILE`. */
export async function loadExperiment(program: WorkerProgram): Promise<AnyExperiment> {
  const { shownFile: file, exportName: name } = program;
  const module = await importProgram(program);
  return selectExport(module, { file, name, isExperiment }) as AnyExperiment;
}

async function importProgram({ url, file }: WorkerProgram): Promise<Record<string, unknown>> {
  Reflect.set(globalThis, importing, file);
  try {
    return (await import(url)) as Record<string, unknown>;
  } catch (error) {
    throw await describeLoadError(error, { url, file });
  } finally {
    Reflect.deleteProperty(globalThis, importing);
  }
}

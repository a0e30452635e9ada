import { AssayError } from "../errors/assay-error.ts";
import type { AnyExperiment } from "./define-experiment.ts";
import type { ExecuteOptions } from "./execute-options.ts";
import type { ExecutionSummary } from "./run-experiment.ts";
import { fileBeingImported } from "./worker/importing.ts";

/**
 * Runs the trials of an experiment that are not completed yet, and keeps everything in the storage.
 *
 * @param experiment an experiment, or the path or URL of the file that exports it; executors other than
 *   `inline` need the file, or a command (`defineCommand`)
 * @returns a summary of this invocation; trials that throw are broken and counted, not thrown
 * @throws AssayError
 *   - `USAGE` when an option is wrong or missing, or when it is called while a worker imports the file
 *   - `INVALID_FILE` when the file cannot be bundled or imported, or exports no experiment
 *   - `INVALID_SPACE` or `INVALID_VALUE` when the definition, a fixed value or the storage's URL is not accepted
 *   - `CONFLICT` when another definition is stored under the name, or another run changed the algorithm
 *   - `NOT_FOUND` when the file, the command or the trial asked for does not exist, or the experiment is deleted while it runs
 *   - `SETUP_FAILED` when the setup function throws
 *   - `UNSUPPORTED` when the executor cannot run an object that is in no file
 *   - `INTERRUPTED` when it is interrupted before the file is loaded; later on it returns a summary
 *   - `MODE`, `STORAGE_UNAVAILABLE`, `STORAGE_FULL`, `SCHEMA_OUTDATED`, `SCHEMA_NEWER` or `CORRUPT` when the
 *     storage is closed, cannot be opened or written, is of another version, or does not hold what was written
 *
 * @example
 * const { best } = await execute("penguins.ts", { storage: "sqlite:assay.db" });
 */
export async function execute(
  experiment: AnyExperiment | string | URL,
  options: ExecuteOptions = {},
): Promise<ExecutionSummary> {
  const importing = fileBeingImported();
  if (importing !== undefined) {
    throw new AssayError(
      "USAGE",
      `execute was called while ${importing} was imported to be executed; call it from another file than the experiment's`,
      { details: { file: importing } },
    );
  }
  // Every worker imports this module through the user's file, and none of them needs what is behind it.
  const { runExperiment } = await import("./run-experiment.ts");
  return await runExperiment(experiment, options);
}

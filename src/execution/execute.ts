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
 * @throws AssayError `CONFLICT` when another definition is stored under the name, `INVALID_FILE`,
 *   `NOT_FOUND` for a file or a command, `SETUP_FAILED`, `STORAGE_UNAVAILABLE`, `STORAGE_FULL`, `USAGE`
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

import { AssayError } from "../errors/assay-error.ts";
import type { Storage } from "../storage/storage.ts";
import {
  removeUnfinished,
  unfinishedTransfers,
  type UnfinishedTransfer,
} from "../storage/transfer/unfinished.ts";
import { didYouMean } from "../util/nearest.ts";
import { exitCodes, type ExitCode } from "./exit-codes.ts";
import { plural } from "./plural.ts";
import { processQuestions } from "./questions.ts";
import { withStorage } from "./storage-option.ts";
import type { Invocation } from "./verb.ts";

interface RemoveUnfinishedFlags {
  readonly status?: readonly unknown[];
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

/** `assay db rm --unfinished`: deletes what came of experiments whose transfer was cut off. */
export async function removeUnfinishedTransfers({
  args: [name],
  flags: { status, force, dryRun = false },
  globals,
  terminal,
}: Invocation<RemoveUnfinishedFlags>): Promise<ExitCode> {
  if (status !== undefined)
    throw new AssayError("USAGE", "--unfinished and --status exclude each other");
  const questions = processQuestions({ yes: globals.yes === true || force === true });
  try {
    return await withStorage(globals, async (storage) => {
      const found = await unfinishedOf(storage, name);
      const isAsked = !dryRun && found.length > 0;
      if (globals.json !== true || (isAsked && questions.canAsk)) {
        for (const one of found) terminal.note(describe(one));
      }
      if (isAsked && !(await questions.confirm(question(found.length), "--force"))) {
        terminal.note("Nothing was deleted");
        return exitCodes.error;
      }
      const removed: UnfinishedTransfer[] = [];
      for (const one of dryRun ? [] : found) {
        if (await removeUnfinished(storage, one)) removed.push(one);
      }
      const rows = (dryRun ? found : removed).map(({ key: _, ...row }) => row);
      if (globals.json === true) {
        await terminal.writeJson({ ...(dryRun ? { dryRun } : {}), unfinished: rows });
      } else if (found.length === 0) terminal.note("No transfer is unfinished");
      else if (!dryRun) terminal.note(`Deleted what came of ${plural(rows.length, "experiment")}`);
      return exitCodes.done;
    });
  } finally {
    questions.close();
  }
}

/** Those of a name, as `name@2` or, in all versions, as `name`; all without one. `NOT_FOUND` when there are none. */
async function unfinishedOf(
  storage: Storage,
  name: string | undefined,
): Promise<readonly UnfinishedTransfer[]> {
  const all = await unfinishedTransfers(storage);
  if (name === undefined) return all;
  const asked = name.replace(/@1$/, "");
  const found = all.filter(({ experiment }) => {
    return experiment === asked || experiment.startsWith(`${asked}@`);
  });
  if (found.length > 0) return found;
  const labels = all.map(({ experiment }) => experiment);
  throw new AssayError(
    "NOT_FOUND",
    `No transfer of "${name}" into ${storage.location} is unfinished${didYouMean(name, labels)}`,
    { details: { name, accepted: labels } },
  );
}

function describe({ experiment, documents }: UnfinishedTransfer): string {
  return `${experiment}  ${plural(documents, "document")} came of it`;
}

function question(count: number): string {
  const what = count === 1 ? "it" : "them";
  return `A transfer that still goes on ends with an error. Delete ${what}?`;
}

import { conflictPolicies, type ConflictPolicy } from "../../../storage/transfer/arrivals.ts";
import { importFrom } from "../../../storage/transfer/import.ts";
import { carryOutTransfer } from "../../carry-out-transfer.ts";
import { describeMoved } from "../../moved-text.ts";
import { readOneOf } from "../../option-readers.ts";
import { storageUrl } from "../../storage-option.ts";
import type { Verb } from "../../verb.ts";
import { withNewStorage } from "../../with-new-storage.ts";

interface ImportFlags {
  readonly onConflict?: ConflictPolicy;
}

export const verb: Verb<ImportFlags> = {
  options: {
    onConflict: {
      flag: "--on-conflict POLICY",
      says: "an experiment whose name and version are taken: ignore, overwrite, bump (next version) or fail (default)",
      read: readOneOf(conflictPolicies),
    },
  },
  examples: [
    ["assay db import all.jsonl", "everything in it; nothing, when a name is taken"],
    ["assay db import all.jsonl penguins", "one experiment"],
    ["assay db import old.db --on-conflict bump", "as the next version where a name is taken"],
  ],
  async run({ args: [file = "", ...names], flags, globals, terminal }) {
    const { onConflict } = flags;
    const policy = onConflict === undefined ? {} : { onConflict };
    const result = await withNewStorage(
      await storageUrl(globals),
      async (open) =>
        await carryOutTransfer({
          terminal,
          doing: "Importing",
          interrupted: "the same command goes on where it stopped",
          carryOut: async (options) =>
            await importFrom(open, file, { names, ...policy, ...options }),
        }),
    );
    if (globals.json === true) await terminal.writeJson(result);
    else for (const line of describeMoved(result.experiments)) terminal.note(line);
    return undefined;
  },
};

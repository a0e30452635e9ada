import { exportDatabase } from "../../../storage/transfer-database.ts";
import { carryOutTransfer } from "../../carry-out-transfer.ts";
import { formatBytes } from "../../format-value.ts";
import { plural } from "../../plural.ts";
import { withStorage } from "../../storage-option.ts";
import type { Verb } from "../../verb.ts";

interface ExportFlags {
  readonly force?: boolean;
}

export const verb: Verb<ExportFlags> = {
  options: {
    force: { flag: "--force", says: "overwrite a file that is there" },
  },
  examples: [
    ["assay db export all.jsonl", "everything, as JSON lines with checksums"],
    ["assay db export penguins.jsonl.gz penguins", "one experiment, compressed"],
    ["assay db export sweep.db sweep@2", "one version, as a SQLite storage"],
  ],
  async run({ args: [file = "", ...names], flags, globals, terminal }) {
    const overwrite = flags.force === true;
    const result = await withStorage(
      globals,
      async (storage) =>
        await carryOutTransfer({
          terminal,
          doing: "Exporting",
          interrupted: "nothing was written",
          carryOut: async (options) =>
            await exportDatabase(storage, file, { names, overwrite, ...options }),
        }),
    );
    if (globals.json === true) await terminal.writeJson(result);
    else {
      const { experiments, bytes } = result;
      const trials = experiments.reduce((sum, one) => sum + one.trials, 0);
      terminal.note(
        `Wrote ${plural(experiments.length, "experiment")} with ${plural(trials, "trial")} to ${file} (${formatBytes(bytes)})`,
      );
    }
    return undefined;
  },
};

import { openStorage } from "../../../storage/open-storage.ts";
import { copyTo } from "../../../storage/transfer/copy.ts";
import { carryOutTransfer } from "../../carry-out-transfer.ts";
import { describeMoved } from "../../moved-text.ts";
import { tellOutages } from "../../outages.ts";
import type { NoFlags, Verb } from "../../verb.ts";
import { withNewStorage } from "../../with-new-storage.ts";

export const verb: Verb<NoFlags> = {
  options: {},
  examples: [
    ["assay db copy assay.db postgres://localhost/lab", "every experiment; cut off, it goes on"],
    ["assay db copy assay.db backup.db penguins", "one experiment"],
  ],
  async run({ args: [from = "", to = "", ...names], globals, terminal }) {
    const onOutage = tellOutages();
    // Not `await using`: in a file that has it, TypeScript 6.0.3 leaves the paths of dynamic imports as they are.
    const source = await openStorage(from, { create: false, onOutage });
    try {
      const result = await withNewStorage(
        to,
        async (open) =>
          await carryOutTransfer({
            terminal,
            doing: "Copying",
            interrupted: "the same command goes on where it stopped",
            carryOut: async (options) => await copyTo(source, open, { names, ...options }),
          }),
      );
      if (globals.json === true) await terminal.writeJson(result);
      else for (const line of describeMoved(result.experiments)) terminal.note(line);
      return undefined;
    } finally {
      await source.close();
    }
  },
};

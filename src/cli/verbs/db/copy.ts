import { openStorage } from "../../../storage/open-storage.ts";
import { copyTo } from "../../../storage/transfer/copy.ts";
import { describeMoved } from "../../moved-text.ts";
import { transferProgress } from "../../transfer-text.ts";
import type { NoFlags, Verb } from "../../verb.ts";
import { withNewStorage } from "../../with-new-storage.ts";

export const verb: Verb<NoFlags> = {
  options: {},
  examples: [
    ["assay db copy assay.db postgres://localhost/lab", "every experiment; cut off, it goes on"],
    ["assay db copy assay.db backup.db penguins", "one experiment"],
  ],
  async run({ args: [from = "", to = "", ...names], globals, terminal }) {
    // Not `await using`: in a file that has it, TypeScript 6.0.3 leaves the paths of dynamic imports as they are.
    const source = await openStorage(from, { create: false });
    try {
      const result = await withNewStorage(to, async (open) => {
        try {
          return await copyTo(source, open, {
            names,
            onProgress: transferProgress(terminal, "Copying"),
          });
        } finally {
          terminal.endProgress();
        }
      });
      if (globals.json === true) await terminal.writeJson(result);
      else for (const line of describeMoved(result.experiments)) terminal.note(line);
      return undefined;
    } finally {
      await source.close();
    }
  },
};

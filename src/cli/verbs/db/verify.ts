import { verifyDatabase } from "../../../storage/verify-database.ts";
import { exitCodes } from "../../exit-codes.ts";
import { withStorage } from "../../storage-option.ts";
import type { NoFlags, Verb } from "../../verb.ts";
import { describeChecked, describeProgress, problemLines } from "../../verify-text.ts";

export const verb: Verb<NoFlags> = {
  options: {},
  examples: [
    ["assay db verify", "everything; exit code 1 when something is wrong"],
    ["assay db verify penguins", "one experiment"],
    ["assay db verify --json | jq .problems", "as JSON"],
  ],
  async run({ args: [experiment], globals, terminal }) {
    const verification = await withStorage(globals, async (storage) => {
      try {
        return await verifyDatabase(storage, {
          ...(experiment === undefined ? {} : { experiment }),
          onProgress: (progress) => terminal.progress(describeProgress(progress)),
        });
      } finally {
        terminal.endProgress();
      }
    });
    const { problemCount, remarks } = verification;
    if (globals.json === true) await terminal.writeJson(verification);
    else {
      const lines = problemLines(verification, terminal.style);
      if (lines.length > 0) await terminal.write(`${lines.join("\n")}\n`);
      for (const remark of remarks) terminal.note(`${remark.experiment}: ${remark.message}`);
      if (globals.quiet !== true) await terminal.write(`${describeChecked(verification)}\n`);
    }
    return problemCount > 0 ? exitCodes.error : exitCodes.done;
  },
};

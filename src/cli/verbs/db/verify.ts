import { verifyDatabase } from "../../../storage/verify-database.ts";
import { exitCodes } from "../../exit-codes.ts";
import { withStorage } from "../../storage-option.ts";
import type { Verb } from "../../verb.ts";
import { describeChecked, describeProgress, problemLines, repairLines } from "../../verify-text.ts";

interface VerifyFlags {
  readonly repair?: boolean;
}

export const verb: Verb<VerifyFlags> = {
  options: {
    repair: {
      flag: "--repair",
      says: "first repair what can be repaired without losing anything; others may write meanwhile",
    },
  },
  examples: [
    ["assay db verify", "everything; exit code 1 when something is wrong"],
    ["assay db verify penguins", "one experiment"],
    ["assay db verify --repair", "names each repair, then what is still wrong"],
    ["assay db verify --json | jq .problems", "as JSON"],
  ],
  async run({ args: [experiment], flags, globals, terminal }) {
    const verification = await withStorage(globals, async (storage) => {
      try {
        return await verifyDatabase(storage, {
          ...(experiment === undefined ? {} : { experiment }),
          ...(flags.repair === undefined ? {} : { repair: flags.repair }),
          onProgress: (progress) => terminal.progress(describeProgress(progress)),
        });
      } finally {
        terminal.endProgress();
      }
    });
    const { problemCount, remarks } = verification;
    if (globals.json === true) await terminal.writeJson(verification);
    else {
      const { style } = terminal;
      const lines = [...repairLines(verification, style), ...problemLines(verification, style)];
      if (lines.length > 0) await terminal.write(`${lines.join("\n")}\n`);
      for (const remark of remarks) terminal.note(`${remark.experiment}: ${remark.message}`);
      if (globals.quiet !== true) {
        const nothing = flags.repair === true && verification.repairs.length === 0;
        if (nothing) terminal.note("Nothing was to be repaired");
        await terminal.write(`${describeChecked(verification)}\n`);
        if (flags.repair === true && problemCount > 0) {
          terminal.note("What is still wrong cannot be repaired: restore it from a copy");
        }
      }
    }
    return problemCount > 0 ? exitCodes.error : exitCodes.done;
  },
};

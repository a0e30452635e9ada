import { openStorage } from "../../../storage/open-storage.ts";
import {
  differencePolicies,
  type DifferencePolicy,
} from "../../../storage/transfer/merge/merge.ts";
import { mergeDatabases } from "../../../storage/transfer-database.ts";
import { carryOutTransfer } from "../../carry-out-transfer.ts";
import { describeMerge } from "../../merge-text.ts";
import { readOneOf } from "../../option-readers.ts";
import { tellOutages } from "../../outages.ts";
import type { Verb } from "../../verb.ts";

interface MergeFlags {
  readonly onDifference?: DifferencePolicy;
}

export const verb: Verb<MergeFlags> = {
  options: {
    onDifference: {
      flag: "--on-difference POLICY",
      says: "a trial that completed in both with different results: keep the primary's (default), take the secondary's, or fail",
      read: readOneOf(differencePolicies),
    },
  },
  examples: [
    ["assay db merge assay.db cluster.db", "brings into assay.db what cluster.db has more"],
    ["assay db merge assay.db cluster.db --on-difference fail", "only if nothing contradicts"],
  ],
  async run({ args: [primary = "", secondary = ""], flags, globals, terminal }) {
    const { onDifference } = flags;
    const onOutage = tellOutages();
    const to = await openStorage(primary, { create: false, onOutage });
    try {
      const from = await openStorage(secondary, { create: false, onOutage });
      try {
        const policy = onDifference === undefined ? {} : { onDifference };
        const merge = await carryOutTransfer({
          terminal,
          doing: "Merging",
          interrupted: "the same command goes on where it stopped",
          carryOut: async (options) => await mergeDatabases(to, from, { ...policy, ...options }),
        });
        if (globals.json === true) await terminal.writeJson(merge);
        else for (const line of describeMerge(merge, onDifference)) terminal.note(line);
        return undefined;
      } finally {
        await from.close();
      }
    } finally {
      await to.close();
    }
  },
};

import type { StorageContext } from "./context.ts";
import { numberIn, optionalText, textIn } from "./records.ts";
import { ownedCollections } from "./schema.ts";
import { rememberId } from "./used-ids.ts";

const documentsAStep = 10_000;

/**
 * Frees the room of experiments that were deleted. They cannot be reached any more, so this may be
 * interrupted anywhere and done again by anyone.
 */
export async function sweepDeleted({ database }: StorageContext): Promise<void> {
  const deleted = await database.read("experiments", { deletedAt: { $exists: true } });
  for (const document of deleted) {
    const experiment = numberIn(document, "key");
    for (const collection of ownedCollections) {
      if (collection === "trials") await sweepTrials(experiment);
      else await database.remove(collection, { experiment });
    }
    // Whoever deleted it may have been killed before this. Until its document is gone, nobody takes the name.
    const view = optionalText(document, "view");
    if (view !== null && database.capabilities.views) await database.replaceViews([], [view]);
    await database.batch([
      rememberId(textIn(document, "id")),
      { kind: "remove", collection: "experiments", query: { key: experiment } },
    ]);
  }

  async function sweepTrials(experiment: number): Promise<void> {
    for (;;) {
      const page = await database.read(
        "trials",
        { experiment },
        { sort: [{ field: "number" }], limit: documentsAStep, select: ["number"] },
      );
      const last = page.at(-1);
      if (last === undefined) return;
      await database.remove("trials", {
        experiment,
        number: { $lte: numberIn(last, "number") },
      });
    }
  }
}

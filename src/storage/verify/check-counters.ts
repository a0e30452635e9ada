import type { Database } from "../../database/contract.ts";
import type { Finding } from "./findings.ts";
import { isWhole, shown } from "./stored-values.ts";

/** What each counter numbers. */
const numbered = [
  { counter: "experiment", collection: "experiments", field: "key" },
  { counter: "run", collection: "runs", field: "number" },
] as const;

/** Whether the numbers to come are new ones. */
export async function* checkCounters(database: Database): AsyncGenerator<Finding, void> {
  for (const { counter, collection, field } of numbered) {
    const [last] = await database.read(
      collection,
      { [field]: { $gt: -Infinity } },
      { sort: [{ field, descending: true }], limit: 1, select: [field] },
    );
    // Read later than what it has numbered, so that it is ahead of that.
    const [document] = await database.read("counters", { name: counter });
    const value = document?.["value"];
    const used = Number(last?.[field] ?? 0);
    if ((document === undefined && used === 0) || (isWhole(value) && value >= used)) continue;
    yield {
      invariant: "counters",
      message: `The counter "${counter}" is ${shown(value)}, but ${String(used)} is in use`,
    };
  }
}

import { AssayError } from "../errors/assay-error.ts";
import type { StorageContext } from "./context.ts";

/** The next number of a counter, from 1. Atomic: no two callers get the same, and none comes back. */
export async function nextCount({ database }: StorageContext, name: string): Promise<number> {
  const outcome = await database.batch([
    { kind: "insert", collection: "counters", documents: [{ name, value: 0 }], ifAbsent: true },
    {
      kind: "readAndWrite",
      collection: "counters",
      query: { name },
      change: { increment: { value: 1 } },
    },
  ]);
  const value = outcome.applied ? outcome.results[1]?.documents[0]?.["value"] : undefined;
  if (typeof value === "number") return value;
  throw new AssayError("CORRUPT", `The counter "${name}" cannot be read`);
}

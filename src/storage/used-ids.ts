import type { Database, Operation } from "../database/contract.ts";

/*
 * The ids of experiments that were deleted are remembered, among the counters: a worker may still hold trials
 * of one, and when the experiment is moved back from elsewhere its trials have the tokens that they had there.
 * Under another id it cannot be taken for the one that the worker knows.
 */

/** The operation that remembers the id of an experiment that is deleted for good. */
export function rememberId(id: string): Operation {
  const documents = [{ name: counterOf(id), value: 1 }];
  return { kind: "insert", collection: "counters", documents, ifAbsent: true };
}

/** Whether an experiment has this id, or one had it that was deleted. */
export async function isIdUsed(database: Database, id: string): Promise<boolean> {
  if ((await database.count("experiments", { id })) > 0) return true;
  return (await database.count("counters", { name: counterOf(id) })) > 0;
}

function counterOf(id: string): string {
  return `deleted ${id}`;
}

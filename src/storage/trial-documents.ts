import type { Document } from "../database/contract.ts";
import { AssayError } from "../errors/assay-error.ts";
import type { StorageContext } from "./context.ts";
import { numberIn } from "./records.ts";

/** Whether the experiment that a trial belongs to is there: once it is deleted, nothing under it can be reached. */
export async function isReachable({ database }: StorageContext, trial: Document): Promise<boolean> {
  const [owner] = await database.read(
    "experiments",
    { key: numberIn(trial, "experiment") },
    { select: ["name"] },
  );
  return owner?.["name"] !== undefined;
}

/** The document of a trial; undefined when there is none, or its experiment was deleted. */
export async function findTrialDocument(
  context: StorageContext,
  id: string,
): Promise<Document | undefined> {
  const [trial] = await context.database.read("trials", { id });
  return trial !== undefined && (await isReachable(context, trial)) ? trial : undefined;
}

/** The document of a trial, or `NOT_FOUND`. */
export async function trialDocument(context: StorageContext, id: string): Promise<Document> {
  const found = await findTrialDocument(context, id);
  if (found === undefined) throw trialNotFound(context, id);
  return found;
}

/**
 * The document of a trial that is to be written under: with a worker's lease, `LEASE_LOST` when the trial is
 * no longer held under it.
 */
export async function writableTrial(
  context: StorageContext,
  id: string,
  lease: { readonly token: number } | undefined,
): Promise<Document> {
  if (lease === undefined) return await trialDocument(context, id);
  const found = await findTrialDocument(context, id);
  if (found?.["token"] === lease.token && found["status"] === "reserved") return found;
  throw leaseLost(id);
}

export function trialNotFound({ database }: StorageContext, id: string): AssayError {
  return new AssayError("NOT_FOUND", `No trial "${id}" in ${database.location}`, {
    details: { id },
  });
}

export function leaseLost(id: string): AssayError {
  return new AssayError("LEASE_LOST", `Trial ${id} is no longer held by this worker`, {
    details: { id },
  });
}

import type { Document, Operation } from "../../database/contract.ts";
import { countUser } from "../blobs.ts";
import type { TrialParts } from "./parts.ts";

/**
 * The writes that store trials with what belongs to them, where both are absent. The trials come last: one
 * that is there has everything. Content is there before, and counts each snapshot and artifact that has it.
 */
export function pageWrites(
  key: number,
  records: readonly TrialParts[],
  toTrial: (trial: Document) => Document,
  toAttempt: (attempt: Document) => Document,
): Operation[] {
  const operations: Operation[] = [];
  const here = (document: Document): Document => ({ ...document, experiment: key });
  const insert = (collection: string, documents: readonly Document[]): void => {
    if (documents.length === 0) return;
    operations.push({ kind: "insert", collection, documents, ifAbsent: true });
  };
  const all = (collection: "attempts" | "metrics" | "output"): Document[] =>
    records.flatMap(({ belonging }) => belonging[collection].map(here));
  insert("attempts", all("attempts").map(toAttempt));
  insert("metrics", all("metrics"));
  insert("output", all("output"));
  for (const { belonging } of records) {
    for (const collection of ["snapshots", "artifacts"] as const) {
      for (const document of belonging[collection]) {
        insert(collection, [here(document)]);
        operations.push(countUser(key, document["sha256"], operations.length - 1));
      }
    }
  }
  insert(
    "trials",
    records.map(({ trial }) => here(toTrial(trial))),
  );
  return operations;
}

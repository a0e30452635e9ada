import type { Database, Document } from "../../database/contract.ts";
import { isAssayError } from "../../errors/assay-error.ts";
import { contentOfResults, isLargeResults, withResults } from "../large-results.ts";
import type { Finding } from "./findings.ts";
import type { TrialRecord } from "./trial-record.ts";

/**
 * The record of a trial with all of its results and those of its attempts in their documents, as far as their
 * content can be read: what is damaged is found where content is looked at.
 */
export async function* withWholeResults(
  database: Database,
  record: TrialRecord,
): AsyncGenerator<Finding, TrialRecord> {
  const owned = new Set(
    record.artifacts.filter(({ name }) => isLargeResults(name)).map(({ sha256 }) => sha256),
  );
  async function* whole(document: Document, name: string): AsyncGenerator<Finding, Document> {
    const sha256 = contentOfResults(document);
    if (sha256 === undefined) return document;
    if (!owned.has(sha256)) {
      const message = `The results of ${name} refer to content that the trial does not have`;
      yield { invariant: "large-results", message };
    }
    try {
      return await withResults({ database }, document, () => name);
    } catch (error) {
      if (!isAssayError(error) || error.code !== "CORRUPT") throw error;
      return document;
    }
  }
  const attempts: Document[] = [];
  for (const attempt of record.attempts) {
    attempts.push(yield* whole(attempt, `attempt ${String(attempt["attempt"])}`));
  }
  const { trial } = record;
  return {
    ...record,
    attempts,
    trial: trial === undefined ? undefined : yield* whole(trial, "the trial"),
  };
}

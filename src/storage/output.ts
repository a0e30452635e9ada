import type { Document, Operation } from "../database/contract.ts";
import type { AttemptOutput, OutputSegment } from "../model/output.ts";
import type { StorageContext } from "./context.ts";
import type { ClaimedTrial } from "./leases.ts";
import { decodedIn, numberIn, optionalNumber } from "./records.ts";
import { trialDocument } from "./trial-documents.ts";

/** The part that holds the end of an output: behind all parts of its beginning. */
export const tailPart: number = 2 ** 31 - 1;

/**
 * A part of what an attempt wrote. The parts of its beginning are written once, one after another; the end
 * is written again, in place of the end before, as it moves on.
 */
export interface OutputReport {
  readonly kind: "output";
  readonly trial: ClaimedTrial;
  /** Counts from 0 within the attempt; `tailPart` is the end. */
  readonly part: number;
  /** A text of the codec: an array of `OutputSegment`. */
  readonly segments: string;
  /** With the end: how many bytes between it and the beginning are not kept. */
  readonly omittedBytes?: number;
}

export interface OutputStore {
  /**
   * What an attempt of a trial wrote, as far as it was kept: of the last attempt that wrote anything, or of
   * the given one. Undefined when that wrote nothing; `NOT_FOUND` when there is no such trial.
   */
  getOutput(trialId: string, attempt?: number): Promise<AttemptOutput | undefined>;
}

export function createOutputStore(context: StorageContext): OutputStore {
  const { database } = context;

  async function lastWithOutput(trial: Document): Promise<number | undefined> {
    const { experiment, number } = trial;
    const [last] = await database.read(
      "output",
      { experiment, number },
      { sort: [{ field: "attempt", descending: true }], limit: 1, select: ["attempt"] },
    );
    return last === undefined ? undefined : numberIn(last, "attempt");
  }

  return {
    async getOutput(trialId, attempt) {
      const trial = await trialDocument(context, trialId);
      const asked = attempt ?? (await lastWithOutput(trial));
      if (asked === undefined) return undefined;
      const { experiment, number } = trial;
      const parts = await database.read(
        "output",
        { experiment, number, attempt: asked },
        { sort: [{ field: "part" }] },
      );
      return parts.length === 0 ? undefined : joined(asked, parts);
    },
  };
}

/** The writes that keep a part, if the operation at `base` shows that its attempt may still write. */
export function outputOperations(report: OutputReport, base: number): Operation[] {
  const { trial, part, segments, omittedBytes } = report;
  const { experiment, number } = trial;
  const key = { experiment, number, attempt: trial.attempt + 1, part };
  const content = omittedBytes === undefined ? { segments } : { segments, omittedBytes };
  const at = { collection: "output", after: base };
  const insert: Operation = {
    kind: "insert",
    documents: [{ ...key, ...content }],
    ifAbsent: true,
    ...at,
  };
  if (part !== tailPart) return [insert];
  return [insert, { kind: "update", query: key, change: { set: content }, ...at }];
}

function joined(attempt: number, parts: readonly Document[]): AttemptOutput {
  const segments: OutputSegment[] = [];
  let omittedBytes = 0;
  let omittedAt = 0;
  for (const part of parts) {
    omittedBytes = optionalNumber(part, "omittedBytes") ?? 0;
    omittedAt = segments.length;
    for (const segment of decodedIn(part, "segments") as readonly OutputSegment[]) {
      const last = segments.at(-1);
      const isBehindGap = omittedBytes > 0 && segments.length === omittedAt;
      if (last?.stream !== segment.stream || isBehindGap) segments.push(segment);
      else segments[segments.length - 1] = { ...last, text: last.text + segment.text };
    }
  }
  return {
    attempt,
    segments,
    omittedBytes,
    omittedAt: omittedBytes > 0 ? omittedAt : segments.length,
  };
}

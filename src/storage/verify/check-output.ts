import type { Document } from "../../database/contract.ts";
import { tailPart } from "../output.ts";
import type { Finding } from "./findings.ts";
import { isWhole, readStored, shown } from "./stored-values.ts";
import type { TrialRecord } from "./trial-record.ts";

const output = (message: string): Finding => ({ invariant: "output", message });

/** What the attempts of a trial wrote: of each the parts of its beginning from 0 on, and perhaps its end. */
export function* checkOutput(
  { output: parts }: TrialRecord,
  trial: Document,
): Generator<Finding, void> {
  let attempt: unknown;
  let expected = 0;
  for (const document of parts) {
    const { part } = document;
    if (document["attempt"] !== attempt) {
      attempt = document["attempt"];
      expected = 0;
      if (!isWhole(attempt, 1) || attempt > Number(trial["attempt"])) {
        yield output(`Output is of attempt ${shown(attempt)}, which is none`);
      }
    }
    if (part !== expected && part !== tailPart) {
      yield output(
        `Part ${String(expected)} of the output of attempt ${shown(attempt)} is missing`,
      );
    }
    expected = Number(part) + 1;
    if (!Array.isArray(readStored(document, "segments"))) {
      yield output(`Part ${shown(part)} of the output of attempt ${shown(attempt)} cannot be read`);
    }
  }
}

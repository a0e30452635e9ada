import { findTrial } from "../../analysis/find-trial.ts";
import { trialLabel } from "../../analysis/trial-label.ts";
import { AssayError } from "../../errors/assay-error.ts";
import { outputStreams, type AttemptOutput, type OutputStream } from "../../model/output.ts";
import type { Trial } from "../../model/trial.ts";
import { formatBytes } from "../format-value.ts";
import { readOneOf, readWhole } from "../option-readers.ts";
import { withStorage } from "../storage-option.ts";
import type { Terminal } from "../terminal.ts";
import type { Verb } from "../verb.ts";

interface LogsFlags {
  readonly attempt?: number;
  readonly stream?: OutputStream;
}

export const verb: Verb<LogsFlags> = {
  options: {
    attempt: {
      flag: "--attempt N",
      says: "of this attempt (default: the last one that wrote anything)",
      read: readWhole(1),
    },
    stream: {
      flag: "--stream NAME",
      says: "only what was written to stdout, or to stderr",
      read: readOneOf(outputStreams),
    },
  },
  examples: [
    ["assay logs penguins#3", "as it was written; of much, the beginning and the end"],
    ["assay logs penguins#3 --attempt 1 --stream stderr", "what went wrong the first time"],
  ],
  async run({ args: [text = ""], flags, globals, terminal }) {
    const { attempt, stream } = flags;
    const { trial, label, output } = await withStorage(globals, async (storage) => {
      const found = await findTrial(storage, text);
      const name = trialLabel(found.experiment, found.trial);
      if (attempt !== undefined) checkAttempt(found.trial, name, attempt);
      const kept = await storage.getOutput(found.trial.id, attempt);
      return { trial: found.trial, label: name, output: kept };
    });
    if (globals.json === true) await terminal.writeJson(toLogs(trial, output, flags));
    else if (output?.segments.some((segment) => isChosen(segment, stream)) === true) {
      await printOutput(terminal, output, stream);
    } else {
      const who = attempt === undefined ? label : `Attempt ${String(attempt)} of ${label}`;
      terminal.note(`${who} wrote nothing${stream === undefined ? "" : ` to ${stream}`}`);
    }
    return undefined;
  },
};

/** `NOT_FOUND` when a trial has no attempt of this number. */
function checkAttempt(trial: Trial, label: string, attempt: number): void {
  if (attempt <= trial.attempt) return;
  const there = trial.attempt === 0 ? "none was started" : `the last is ${String(trial.attempt)}`;
  throw new AssayError("NOT_FOUND", `${label} has no attempt ${String(attempt)} (${there})`, {
    details: { id: trial.id, attempt },
  });
}

function isChosen(segment: { readonly stream: OutputStream }, chosen?: OutputStream): boolean {
  return chosen === undefined || segment.stream === chosen;
}

async function printOutput(
  terminal: Terminal,
  { segments, omittedBytes, omittedAt }: AttemptOutput,
  chosen: OutputStream | undefined,
): Promise<void> {
  for (const [i, segment] of segments.entries()) {
    if (i === omittedAt) terminal.note(`… ${formatBytes(omittedBytes)} here were not kept …`);
    if (isChosen(segment, chosen)) await terminal.write(segment.text);
  }
}

function toLogs(
  { id, number }: Trial,
  output: AttemptOutput | undefined,
  { attempt, stream }: LogsFlags,
): object {
  const { segments = [], omittedBytes = 0, omittedAt = 0 } = output ?? {};
  const chosen = segments.filter((segment) => isChosen(segment, stream));
  const before = segments.slice(0, omittedAt).filter((segment) => isChosen(segment, stream));
  return {
    trial: id,
    number,
    attempt: output?.attempt ?? attempt ?? null,
    segments: chosen,
    omittedBytes,
    omittedAt: before.length,
  };
}

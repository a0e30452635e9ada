import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AssayError } from "../../errors/assay-error.ts";
import type { TrialContext } from "../trial-context.ts";
import { commandEnvironment, interruptCode, type CommandCall } from "./command-environment.ts";
import {
  fillWords,
  paramFields,
  type FieldValues,
  type templateField,
  type TrialField,
} from "./command-template.ts";
import { followMetrics } from "./follow-metrics.ts";
import { fillFile } from "./file-template.ts";
import type { ParsedCommand } from "./parse-command.ts";
import { readResults } from "./read-results.ts";
import { runProgram, type ProgramEnd } from "./run-program.ts";

/**
 * Runs the command of one trial and returns what it found. Throws the reason of the trial's signal when that
 * ended it, `INTERRUPTED` when the command says so, `TRIAL_FAILED` when it failed or could not be started, and
 * `INVALID_RESULTS`.
 */
export async function runCommand(
  { template, file: configuration }: Pick<ParsedCommand, "template" | "file">,
  experiment: CommandCall["experiment"],
  trial: TrialContext,
): Promise<object | number> {
  const file = (name: string): string => join(trial.directory, name);
  // Of this attempt alone: a worker that lost its lease may still be writing its own.
  const resultsPath = file(`results-${String(trial.attempt)}.json`);
  const metricsPath = file(`metrics-${String(trial.attempt)}.jsonl`);
  for (const path of [resultsPath, metricsPath]) rmSync(path, { force: true });
  let templatePath: string | undefined;
  if (configuration !== undefined) {
    templatePath = file(`template-${String(trial.attempt)}-${configuration.name}`);
    writeFileSync(templatePath, fillFile(configuration, paramFields(trial.params)));
  }
  const call = { experiment, trial, resultsPath, metricsPath, templatePath };

  const endMetrics = followMetrics(metricsPath, trial);
  let problem: AssayError | undefined;
  let end: ProgramEnd;
  try {
    end = await runProgram({
      program: template.program,
      args: fillWords(template, fieldValues(call)),
      env: { ...process.env, ...commandEnvironment(call) },
      signal: trial.signal,
    });
  } catch (error) {
    throw trial.signal.aborted ? error : notStarted(template.program, error);
  } finally {
    problem = endMetrics();
  }
  trial.signal.throwIfAborted();
  checkEnd(end);
  if (problem !== undefined) throw problem;
  return await readResults(resultsPath, end.lastLine);
}

function fieldValues({ experiment, trial, templatePath }: CommandCall): FieldValues {
  const own: Readonly<Record<TrialField | typeof templateField, unknown>> = {
    "experiment.name": experiment.name,
    "experiment.version": experiment.version,
    "trial.id": trial.id,
    "trial.number": trial.number,
    "trial.attempt": trial.attempt,
    "trial.seed": trial.seed,
    "trial.directory": trial.directory,
    "trial.template": templatePath,
  };
  const params = paramFields(trial.params);
  return (field) => (Object.hasOwn(own, field) ? own[field as keyof typeof own] : params(field));
}

/** Throws unless the command ended well. */
function checkEnd({ code, signal, errors }: ProgramEnd): void {
  if (code === 0) return;
  if (code === interruptCode || signal === "SIGINT") {
    throw new AssayError("INTERRUPTED", "The command says that it was interrupted");
  }
  const how = signal === null ? `exit code ${String(code)}` : signal;
  const lines = errors.split("\n");
  const last = lines.findLast((line) => line.trim() !== "")?.trim() ?? "";
  const because = last === "" ? "" : `: ${last}`;
  const by = signal === null ? "ended with" : "was killed by";
  const failure = new AssayError("TRIAL_FAILED", `The command ${by} ${how}${because}`, {
    details: { code, signal },
  });
  // In place of a stack, which would be of Assay: the end of what it wrote on standard error.
  failure.stack = errors;
  throw failure;
}

function notStarted(program: string, error: unknown): AssayError {
  const problem = error instanceof Error ? error.message : String(error);
  const message = `The command "${program}" could not be started: ${problem}`;
  return new AssayError("TRIAL_FAILED", message, { cause: error });
}

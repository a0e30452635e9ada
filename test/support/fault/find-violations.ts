import type { Attempt, Storage, Trial } from "assay";
import type { Execution } from "./execution-log.ts";

/** What is to hold of an experiment whose every trial was to complete. */
export interface Expected {
  readonly name: string;
  /** How many trials the space has; their numbers count from 0. */
  readonly size: number;
  readonly executions: readonly Execution[];
}

/** What was found, with a line for each promise that was not kept. */
export interface Findings {
  readonly violations: readonly string[];
  readonly attempts: number;
  /** Attempts that were lost with their coordinator, and those that were lost with their worker. */
  readonly takenOver: number;
  readonly retried: number;
}

/**
 * Looks whether no trial is lost, none was completed twice, and every attempt is on record: each number is
 * there once, completed by its last attempt and no other, with the results of one execution of that attempt.
 */
export async function findViolations(storage: Storage, expected: Expected): Promise<Findings> {
  const { name, size, executions } = expected;
  const trials = await storage.getTrials(name);
  const violations = missingNumbers(trials, size);
  const marks = new Map(executions.map((execution) => [execution.mark, execution]));
  const all: Attempt[] = [];
  for (const trial of trials) {
    const attempts = await storage.getAttempts(trial.id);
    all.push(...attempts);
    const found = [...trialViolations(trial, attempts), ...resultViolations(trial, marks)];
    violations.push(...found.map((violation) => `${name}#${String(trial.number)} ${violation}`));
  }
  return {
    violations,
    attempts: all.length,
    takenOver: all.filter(({ status }) => status === "lost").length,
    retried: all.filter(({ error }) => error?.cause === "lost").length,
  };
}

function missingNumbers(trials: readonly Trial[], size: number): string[] {
  const numbers = trials.map(({ number }) => number).sort((a, b) => a - b);
  const isWhole = numbers.length === size && numbers.every((number, i) => number === i);
  return isWhole ? [] : [`The numbers are not 0 to ${size - 1}, once each: ${numbers.join(" ")}`];
}

function trialViolations(trial: Trial, attempts: readonly Attempt[]): string[] {
  const found: string[] = [];
  const numbers = attempts.map(({ attempt }) => attempt);
  if (trial.status !== "completed") found.push(`is ${trial.status}`);
  if (numbers.length !== trial.attempt || numbers.some((number, i) => number !== i + 1)) {
    found.push(`counts ${trial.attempt} attempts and has those of numbers ${numbers.join(" ")}`);
  }
  const completed = attempts.filter(({ status }) => status === "completed");
  if (completed.length !== 1) found.push(`has ${completed.length} completed attempts`);
  if (completed[0] !== undefined && completed[0] !== attempts.at(-1)) {
    found.push("has an attempt after the one that completed it");
  }
  for (const { attempt, status, error, startedAt } of attempts) {
    if (startedAt === null) found.push(`does not tell when attempt ${attempt} started`);
    if (status === "broken" && error === null) found.push(`does not tell why ${attempt} broke`);
    if (!["completed", "broken", "interrupted", "lost"].includes(status)) {
      found.push(`has an attempt ${attempt} that is ${status}`);
    }
  }
  return found;
}

function resultViolations(trial: Trial, marks: ReadonlyMap<string, Execution>): string[] {
  const mark = markOf(trial);
  const execution = marks.get(mark);
  if (execution?.number === trial.number && execution.attempt === trial.attempt) return [];
  return [`has results of no execution of attempt ${trial.attempt}: ${mark}`];
}

/** Which execution completed a trial. */
export function markOf({ results }: Trial): string {
  const mark = results?.["mark"];
  return typeof mark === "string" ? mark : "none";
}

import type { Document } from "../../database/contract.ts";
import { isPlainObject } from "../../values/plain.ts";
import type { Finding } from "./findings.ts";
import { isTime, isWhole, readStored, shown } from "./stored-values.ts";

const statuses: ReadonlySet<unknown> = new Set([
  "running",
  "completed",
  "stopped",
  "interrupted",
  "failed",
  "lost",
]);

/** The record of one run. */
export function* checkRun(run: Document): Generator<Finding, void> {
  const { number, reference, status, startedAt, endedAt } = run;
  const name = `run ${shown(number)}`;
  const problem = (message: string): Finding => ({ invariant: "runs", message });
  if (!isWhole(number, 1)) yield problem(`The number of ${name} is not a whole number from 1`);
  if (typeof reference !== "string") yield problem(`The reference of ${name} is missing`);
  if (!statuses.has(status)) yield problem(`The status of ${name}, ${shown(status)}, is none`);
  if (!isTime(startedAt)) yield problem(`The time of the start of ${name} is none`);
  // When a run was lost nobody knows.
  const isOpen = status === "running" || status === "lost";
  if (isOpen ? endedAt !== undefined : !isTime(endedAt)) {
    yield problem(
      `The status and the end of ${name} disagree: ${shown(status)}, ${shown(endedAt)}`,
    );
  }
  if (!Array.isArray(readStored(run, "command"))) {
    yield problem(`The command of ${name} cannot be read`);
  }
  for (const field of ["environment", "summary"]) {
    const value = readStored(run, field);
    if (value !== undefined && !isPlainObject(value)) {
      yield problem(`The ${field} of ${name} cannot be read`);
    }
  }
}

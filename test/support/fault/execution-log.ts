import { existsSync, readFileSync } from "node:fs";

/** That a trial's code began to run, as it wrote itself. */
export interface Execution {
  readonly number: number;
  readonly attempt: number;
  readonly pid: number;
  /** Is of this execution only, and in the results if it completed. */
  readonly mark: string;
}

/** The name of the log in the folder of an experiment. */
const logName = "executions";

/**
 * Text for the beginning of a trial's function: writes the execution to the log and defines `mark`, which
 * the results have to hold. It needs `n`, the number of the trial, `trial` and `folder`.
 */
export const logExecution = `
    const mark = process.pid + "/" + Math.random().toString(36).slice(2);
    appendFileSync(folder + "${logName}", [n, trial.attempt, process.pid, mark].join(" ") + "\\n");
`;

/** What was executed, in order. */
export function readExecutions(folder: string): Execution[] {
  const path = `${folder}/${logName}`;
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => {
    const [number, attempt, pid, mark = ""] = line.split(" ");
    return { number: Number(number), attempt: Number(attempt), pid: Number(pid), mark };
  });
}

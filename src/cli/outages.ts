import { isAssayError } from "../errors/assay-error.ts";
import { clearLine } from "../execution/progress-bar.ts";

/** An outage that is told is not told again within this time. */
const silenceMs = 10_000;

/** Says on standard error that a command waits for its storage's server: once for all the operations that wait. */
export function tellOutages(): (error: unknown) => void {
  let toldAt = -Infinity;
  return (error) => {
    const now = performance.now();
    if (now - toldAt < silenceMs) return;
    toldAt = now;
    const why = isAssayError(error) ? error.message : "The storage cannot be reached";
    const { stderr } = process;
    stderr.write(`${stderr.isTTY ? clearLine : ""}${why}; waiting for it\n`);
  };
}

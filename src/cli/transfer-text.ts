import type { TransferProgress } from "../storage/transfer/progress.ts";
import { formatCount, plural } from "./plural.ts";
import type { Terminal } from "./terminal.ts";

/** Shows how far a transfer is: what, how many trials of how many, how fast, and how much longer. */
export function transferProgress(
  terminal: Terminal,
  doing: string,
): (progress: TransferProgress) => void {
  const startedAt = performance.now();
  return (progress) =>
    terminal.progress(describeTransfer(doing, progress, performance.now() - startedAt));
}

/** @param elapsedMs since the transfer began */
export function describeTransfer(
  doing: string,
  { stage, experiment, trials, total }: TransferProgress,
  elapsedMs: number,
): string {
  if (stage === "checking") {
    return experiment === ""
      ? `Checking: ${plural(trials, "line")}`
      : `Checking ${experiment}: ${plural(trials, "trial")}`;
  }
  const many = `${doing} ${experiment}: ${formatCount(trials)} of ${plural(total, "trial")}`;
  const perSecond = trials / (elapsedMs / 1000);
  if (trials === 0 || elapsedMs < 1000) return many;
  const leftSeconds = Math.ceil(Math.max(0, total - trials) / perSecond);
  return `${many}, ${formatCount(Math.round(perSecond))}/s, ${formatCount(leftSeconds)} s left`;
}

import { formatDuration } from "../util/duration.ts";
import { formatNumber } from "../util/number-format.ts";
import type { Progress } from "./progress.ts";

const barCells = 24;
/** A bar of fewer cells tells less than the numbers beside it. */
const leastCells = 8;
/** Of so many workers it is said what they run, when they have run it for so long. */
const mostShown = 4;
const longMs = 2000;
/** How often a line is written where there is no terminal to redraw it. */
const lineEveryMs = 5000;
/** Goes to the start of a terminal's line and clears it. */
export const clearLine = "\r\u001B[2K";

/** A stream that may be a terminal. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Draws progress: a line that is redrawn on a terminal, else a plain line every few seconds and at the end. */
export function progressBar(stream: ProgressStream): (progress: Progress) => void {
  let writtenAt = 0;
  return (progress) => {
    if (stream.isTTY === true) {
      // The last column stays free: some terminals begin a new line once it is written.
      const line = fittingLine(progress, (stream.columns ?? 80) - 1);
      stream.write(`${clearLine}${line}${progress.isOver ? "\n" : ""}`);
    } else if (progress.isOver || progress.elapsedMs - writtenAt >= lineEveryMs) {
      writtenAt = progress.elapsedMs;
      stream.write(`${describeProgress(progress)}\n`);
    }
  };
}

/** What fits on a line: what comes last goes first, and the bar has the room that is left. */
function fittingLine(progress: Progress, width: number): string {
  const parts = progressParts(progress);
  while (parts.length > 1 && lineOf(parts).length > width) parts.pop();
  const line = lineOf(parts).slice(0, Math.max(0, width));
  const cells = Math.min(barCells, width - line.length - 1);
  return progress.total === null || cells < leastCells ? line : `${bar(progress, cells)} ${line}`;
}

function bar({ total, skipped, completed, pruned, broken }: Progress, cells: number): string {
  const share = total === null || total === 0 ? 1 : (skipped + completed + pruned + broken) / total;
  const filled = Math.round(Math.min(1, share) * cells);
  return `${"█".repeat(filled)}${"░".repeat(cells - filled)}`;
}

/** One line: counts, rate, time left, and the best value so far. */
export function describeProgress(progress: Progress): string {
  return lineOf(progressParts(progress));
}

function lineOf(parts: readonly string[]): string {
  return parts.join(" · ");
}

function progressParts(progress: Progress): string[] {
  const { total, skipped, completed, broken, pruned, interrupted, best } = progress;
  const done = skipped + completed + pruned + broken;
  const parts = [total === null ? `${String(done)} trials` : `${String(done)}/${String(total)}`];
  if (skipped > 0) parts.push(`${String(skipped)} before`);
  if (broken > 0) parts.push(`${String(broken)} broken`);
  if (pruned > 0) parts.push(`${String(pruned)} pruned`);
  if (interrupted > 0) parts.push(`${String(interrupted)} interrupted`);
  if (progress.ratePerSecond !== null)
    parts.push(`${formatNumber(rounded(progress.ratePerSecond))}/s`);
  if (progress.isOver) parts.push(formatDuration(progress.elapsedMs));
  else if (progress.etaMs !== null) parts.push(`${formatDuration(progress.etaMs)} left`);
  const activity = progress.isOver ? [] : longRunning(progress);
  if (activity.length > 0) parts.push(activity.join(", "));
  if (best !== null) {
    parts.push(`best ${best.name} ${formatNumber(best.value)} (trial ${String(best.number)})`);
  }
  return parts;
}

/** What the workers run that have run it for long enough to be read about: `#3 for 12 s`. */
function longRunning({ workers }: Progress): string[] {
  const long = workers
    .filter((activity) => activity !== null)
    .filter(({ sinceMs }) => sinceMs >= longMs);
  const shown = long
    .slice(0, mostShown)
    .map(({ number, sinceMs }) => `#${String(number)} for ${formatDuration(sinceMs)}`);
  return long.length > mostShown ? [...shown, `${String(long.length - mostShown)} more`] : shown;
}

function rounded(rate: number): number {
  return rate >= 10 ? Math.round(rate) : Number(rate.toPrecision(2));
}

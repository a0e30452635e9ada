import type { Problem, Verification, VerifyProgress } from "../storage/verify/verification.ts";
import { formatBytes, oneLine } from "./format-value.ts";
import { formatCount, plural } from "./plural.ts";
import type { Style } from "./style.ts";

/** So many problems are shown; `--json` has more. */
const shownProblems = 50;

/** How far a verification is, in a line. */
export function describeProgress({ stage, trials, total }: VerifyProgress): string {
  if (total === 0) return stage;
  return `${formatCount(trials)} of ${formatCount(total)} trials · ${stage}`;
}

/** A line a repair: that it was one, of what, and what was done. */
export function repairLines({ repairs }: Verification, style: Style): string[] {
  const width = Math.max(0, ...repairs.map(({ experiment }) => (experiment ?? "").length));
  return repairs.map(
    ({ experiment, message }) =>
      `${style("good", "repaired")}  ${(experiment ?? "").padEnd(width)}  ${oneLine(message)}`,
  );
}

/** A line a problem: what does not hold, of what, and how. */
export function problemLines({ problems, problemCount }: Verification, style: Style): string[] {
  const shown = problems.slice(0, shownProblems);
  const subjects = shown.map(subjectOf);
  const names = Math.max(0, ...shown.map(({ invariant }) => invariant.length));
  const width = Math.max(0, ...subjects.map((subject) => subject.length));
  const lines = shown.map(({ invariant, message }, i) => {
    const name = style("bad", invariant.padEnd(names));
    return `${name}  ${(subjects[i] ?? "").padEnd(width)}  ${oneLine(message)}`;
  });
  const more = problemCount - shown.length;
  return more > 0 ? [...lines, style("dim", `… and ${formatCount(more)} more`)] : lines;
}

function subjectOf({ experiment, number }: Problem): string {
  if (experiment === null) return "";
  return number === undefined ? experiment : `${experiment}#${String(number)}`;
}

/** What was looked at, and whether something is wrong with it. */
export function describeChecked({ checked, problemCount }: Verification): string {
  const { blobs, bytes } = checked;
  const parts = [
    plural(checked.experiments, "experiment"),
    plural(checked.trials, "trial"),
    ...optional(checked.attempts, "earlier attempt"),
    ...optional(checked.metrics, "chunk of metrics", "chunks of metrics"),
    ...optional(checked.snapshots, "snapshot"),
    ...optional(checked.artifacts, "artifact"),
    ...optional(checked.runs, "run"),
    ...optional(checked.code, "bundle"),
    ...(blobs === 0 ? [] : [`${formatBytes(bytes)} of content`]),
  ];
  const verdict =
    problemCount === 0 ? "nothing is wrong" : `${plural(problemCount, "problem")} found`;
  return `Checked ${parts.join(", ")}: ${verdict}`;
}

function optional(count: number, one: string, many?: string): readonly string[] {
  return count === 0 ? [] : [plural(count, one, many)];
}

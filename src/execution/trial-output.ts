import type { OutputStream } from "../model/output.ts";
import { clearLine, type ProgressStream } from "./progress-bar.ts";

/** The trial that wrote something. */
export interface OutputSource {
  readonly id: string;
  readonly number: number;
}

/** Is told what is written: the text as it came, the stream, and by which trial; undefined outside of any. */
export type OutputListener = (
  text: string,
  stream: OutputStream,
  trial: OutputSource | undefined,
) => void;

/** Where what is written while trials run is shown. */
export interface ShownOutput {
  /**
   * Something was written by a trial, or (undefined) outside of any: while the file was imported, or by
   * `setup`. `omittedBytes` before it were left out on the way.
   */
  write(
    trial: OutputSource | undefined,
    stream: OutputStream,
    text: string,
    omittedBytes?: number,
  ): void;
  /** The attempt is over, or everything is: shows what is left of a last line without an end. */
  end(trial?: OutputSource): void;
}

/** A line longer than this is shown in pieces: an endless one would be held for ever. */
const longestLine = 16 * 1024;

/**
 * Shows what is written on a stream that a progress bar may share: whole lines only, so that the lines of
 * several workers do not mix, each on a line that was cleared of the bar. A trial's lines begin with its
 * number: `#12 │ line`, or `#12 ! line` when it was written to standard error.
 * @param showsTrials whether what trials write is shown, too
 */
export function shownOutput(
  stream: ProgressStream,
  { showsTrials }: { readonly showsTrials: boolean },
): ShownOutput {
  const clear = stream.isTTY === true ? clearLine : "";
  /** What is left of a last line, by the prefix of its lines. */
  const rests = new Map<string, string>();

  function show(prefix: string, lines: readonly string[]): void {
    if (lines.length === 0) return;
    const shown = lines.map((line) => `${prefix}${overwritten(line, prefix)}\n`);
    stream.write(clear + shown.join(""));
  }

  function finish(prefix: string): void {
    const rest = rests.get(prefix);
    rests.delete(prefix);
    if (rest !== undefined) show(prefix, [rest]);
  }

  return {
    write(trial, from, text, omittedBytes = 0) {
      if (trial !== undefined && !showsTrials) return;
      const prefix = prefixOf(trial, from);
      if (omittedBytes > 0) {
        finish(prefix);
        show(prefix, [`… ${String(omittedBytes)} bytes are not shown …`]);
      }
      const lines = `${rests.get(prefix) ?? ""}${text}`.split("\n");
      const rest = lines.pop() ?? "";
      if (rest.length > longestLine) lines.push(rest);
      if (rest === "" || rest.length > longestLine) rests.delete(prefix);
      else rests.set(prefix, rest);
      show(prefix, lines);
    },
    end(trial) {
      if (rests.size === 0) return;
      if (trial === undefined) for (const prefix of [...rests.keys()]) finish(prefix);
      else for (const from of ["stdout", "stderr"] as const) finish(prefixOf(trial, from));
    },
  };
}

/** Passes everything on to a listener. */
export function heardOutput(listener: OutputListener): ShownOutput {
  return {
    write: (trial, stream, text) => listener(text, stream, trial),
    end: () => undefined,
  };
}

function prefixOf(trial: OutputSource | undefined, stream: OutputStream): string {
  if (trial === undefined) return "";
  return `#${String(trial.number)} ${stream === "stdout" ? "│" : "!"} `;
}

/** What is seen of a line in the end: a carriage return begins it anew, over the prefix too. */
function overwritten(line: string, prefix: string): string {
  if (prefix === "") return line;
  const visible = line.replace(/\r+$/, "");
  return visible.slice(visible.lastIndexOf("\r") + 1);
}

import { clearLine, type ProgressStream } from "./progress-bar.ts";

/** Where what trials write goes. */
export interface TrialOutput {
  write(text: string): void;
  /** Writes what is left of a last line without an end. */
  end(): void;
}

/**
 * Writes what trials write to a stream that a progress bar may share: whole lines only, each on a line that
 * was cleared of the bar.
 */
export function trialOutput(stream: ProgressStream): TrialOutput {
  const clear = stream.isTTY === true ? clearLine : "";
  let rest = "";
  return {
    write(text) {
      const lines = rest + text;
      const end = lines.lastIndexOf("\n") + 1;
      rest = lines.slice(end);
      if (end > 0) stream.write(clear + lines.slice(0, end));
    },
    end() {
      if (rest !== "") stream.write(`${clear}${rest}\n`);
      rest = "";
    },
  };
}

import { once } from "node:events";
import { clearLine } from "../execution/progress-bar.ts";
import { toDisplay } from "../values/display.ts";
import { createStyle, type Style } from "./style.ts";

/** Where a verb writes: data on standard output, everything said about it on standard error. */
export interface Terminal {
  /** Columns of the terminal; undefined where output goes elsewhere and is not cut. */
  readonly width: number | undefined;
  readonly style: Style;
  /** Writes data, a text or bytes. Resolves when the reader keeps up. */
  write(data: string | Uint8Array): Promise<void>;
  /** Writes a value as JSON, in the form that people can read too. */
  writeJson(value: unknown): Promise<void>;
  /** Says something about the data, unless `--quiet`. */
  note(text: string): void;
  /** Shows how far long work is: in a line that is redrawn, and only where a person can see that. */
  progress(text: string): void;
  /** Takes that line away. */
  endProgress(): void;
}

/** Ten times a second is as often as a person can read. */
const redrawMs = 100;

/** The terminal of this process. */
export function processTerminal({ quiet }: { readonly quiet: boolean }): Terminal {
  const { stdout, stderr, env } = process;
  const write: Terminal["write"] = async (data) => {
    if (!stdout.write(data)) await once(stdout, "drain");
  };
  let drawnAt = -Infinity;
  const isSeen = stderr.isTTY && !quiet;
  return {
    width: stdout.isTTY ? stdout.columns : undefined,
    style: createStyle(stdout, env),
    write,
    writeJson: async (value) => await write(`${JSON.stringify(toDisplay(value), null, 2)}\n`),
    note: (text) => {
      if (!quiet) stderr.write(`${text}\n`);
    },
    progress: (text) => {
      const now = performance.now();
      if (!isSeen || now - drawnAt < redrawMs) return;
      drawnAt = now;
      stderr.write(`${clearLine}${text.slice(0, Math.max(20, stderr.columns - 1))}`);
    },
    endProgress: () => {
      if (isSeen && drawnAt > -Infinity) stderr.write(clearLine);
    },
  };
}

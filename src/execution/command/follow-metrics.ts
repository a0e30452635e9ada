import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { basename } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { AssayError } from "../../errors/assay-error.ts";
import { showValue } from "../../space/show-value.ts";
import { isPlainObject } from "../../values/plain.ts";
import type { TrialContext } from "../trial-context.ts";
import { readJson } from "./read-json.ts";

const pollMs = 250;

/**
 * Reports the metrics that a command writes to a file, line by line: `{"step": 3, "loss": 0.2}`. The returned
 * function reads what is left and ends it; it returns `INVALID_RESULTS` for the first line that was no metrics.
 */
export function followMetrics(path: string, trial: TrialContext): () => AssayError | undefined {
  const decoder = new StringDecoder("utf8");
  let offset = 0;
  let open = "";
  let count = 0;
  let problem: AssayError | undefined;
  const add = (line: string): void => {
    count += 1;
    if (line.trim() === "") return;
    try {
      report(line, trial);
    } catch (error) {
      const what = `Line ${String(count)} of its metrics file ${basename(path)} is no {"step": 1, "loss": 0.3}`;
      problem ??= new AssayError("INVALID_RESULTS", `${what}, got ${showValue(line)}`, {
        cause: error,
      });
    }
  };
  const read = (): void => {
    const bytes = bytesFrom(path, offset);
    offset += bytes.length;
    const lines = (open + decoder.write(bytes)).split("\n");
    open = lines.pop() ?? "";
    lines.forEach(add);
  };
  const timer = setInterval(read, pollMs);
  return () => {
    clearInterval(timer);
    read();
    add(open);
    return problem;
  };
}

function report(line: string, trial: TrialContext): void {
  const value = readJson(line);
  if (!isPlainObject(value)) throw new TypeError("Not an object");
  const { step, ...metrics } = value;
  // What is not a number is refused there.
  void trial.report(metrics as Readonly<Record<string, number>>, step as number | undefined);
}

/** What a file holds from a place on; nothing while there is no file. */
function bytesFrom(path: string, offset: number): Buffer {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return Buffer.alloc(0);
  }
  try {
    const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - offset));
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, offset));
  } finally {
    closeSync(file);
  }
}

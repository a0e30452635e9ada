import type { AttemptOutput } from "../model/output.ts";
import { oneLine } from "./format-value.ts";

/** The last lines of an output, of both streams, without anything that a terminal would obey. */
export function lastLines({ segments }: AttemptOutput, count: number): readonly string[] {
  const text = segments.map((segment) => segment.text).join("");
  return text
    .replace(/\n$/, "")
    .split("\n")
    .slice(-count)
    .map((line) => oneLine(line.replace(/\r$/, ""), 200));
}

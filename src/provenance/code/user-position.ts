import { readFile } from "node:fs/promises";
import { SourceMap } from "node:module";
import { sep } from "node:path";
import { fileURLToPath } from "node:url";
import { runningAssay } from "./placeholders.ts";

/** A place in a file of the user: an absolute path; line and column count from 1. */
export interface UserPosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * The innermost place of a stack trace that is in a file of the user: not in Node, a package or Assay.
 * `url` is that of the materialised bundle; places in it are looked up in its source map, so that the
 * answer is right whether or not the process has source maps enabled.
 */
export async function userPosition(
  stack: string,
  url: string,
  assay: URL = runningAssay,
): Promise<UserPosition | undefined> {
  const bundle = fileURLToPath(url);
  const own = fileURLToPath(new URL(".", assay));
  for (const position of stack.split("\n").flatMap(readFrame)) {
    const original = position.file === bundle ? await originalOf(position) : position;
    if (original === undefined || original.file.startsWith(own)) continue;
    if (!original.file.includes(`${sep}node_modules${sep}`)) return original;
  }
  return undefined;
}

/** A frame as V8 writes it, or the line without a column that Node puts above errors of linking. */
const frame =
  /^(?: +at (?:.*?\()?(?:async )?)?((?:file:\/\/|\/|[A-Za-z]:[\\/]).*?):(\d+)(?::(\d+))?\)?$/;

function readFrame(text: string): readonly UserPosition[] {
  const [, place, line, column] = frame.exec(text) ?? [];
  if (place === undefined) return [];
  const file = place.startsWith("file:") ? fileURLToPath(place) : place;
  return [{ file, line: Number(line), column: Number(column ?? 1) }];
}

async function originalOf({ file, line, column }: UserPosition): Promise<UserPosition | undefined> {
  const text = await readFile(`${file}.map`, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const map = new SourceMap(JSON.parse(text) as ConstructorParameters<typeof SourceMap>[0]);
  const entry = map.findEntry(line - 1, column - 1);
  if (!("originalSource" in entry)) return undefined;
  return {
    file: fileURLToPath(entry.originalSource),
    line: entry.originalLine + 1,
    column: entry.originalColumn + 1,
  };
}

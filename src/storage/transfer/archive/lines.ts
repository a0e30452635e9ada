import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { AssayError } from "../../../errors/assay-error.ts";
import { fileError } from "../file-error.ts";
import { mayBeginLine } from "./format.ts";

const newline = 0x0a;
/** The first line of an archive is far shorter: what has none within so many bytes is no archive. */
const mostOfFirstLine = 1 << 16;

/** A line without its end, and its number from 1. */
export interface Line {
  readonly number: number;
  readonly bytes: Buffer;
}

/**
 * The lines of an archive, whether it is compressed by gzip or not, in the memory of one. What the last line
 * break is followed by is `CORRUPT`: the file was cut off. One that has no line, and does not begin as an
 * archive, is `INVALID_VALUE`.
 */
export async function* readLines(file: string): AsyncGenerator<Line, void, undefined> {
  let number = 0;
  let pending: Buffer[] = [];
  const content = await openContent(file);
  try {
    for await (const chunk of content as AsyncIterable<Buffer>) {
      let from = 0;
      for (;;) {
        const to = chunk.indexOf(newline, from);
        if (to < 0) break;
        const end = chunk.subarray(from, to);
        number += 1;
        yield { number, bytes: pending.length === 0 ? end : Buffer.concat([...pending, end]) };
        pending = [];
        from = to + 1;
      }
      if (from < chunk.length) pending.push(chunk.subarray(from));
      if (number === 0 && lengthOf(pending) > mostOfFirstLine) throw notAnArchive(file);
    }
  } catch (error) {
    throw readError(error, file, number + 1);
  }
  if (pending.length === 0) return;
  if (number === 0 && !mayBeginLine(Buffer.concat(pending))) throw notAnArchive(file);
  throw cutOff(file, number + 1);
}

function lengthOf(parts: readonly Buffer[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

export function cutOff(file: string, line: number): AssayError {
  return new AssayError(
    "CORRUPT",
    `${file} is cut off in line ${String(line)}; nothing was imported`,
    { details: { file, line } },
  );
}

export function notAnArchive(file: string): AssayError {
  return new AssayError(
    "INVALID_VALUE",
    `${file} is no archive of Assay: it does not begin as "assay db export" writes it`,
    { details: { file } },
  );
}

async function openContent(file: string): Promise<Readable> {
  const start = Buffer.alloc(2);
  try {
    const handle = await open(file);
    try {
      await handle.read(start, 0, 2, 0);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fileError(error, file, "read");
  }
  const bytes = createReadStream(file, { highWaterMark: 1 << 18 });
  if (start[0] !== 0x1f || start[1] !== 0x8b) return bytes;
  const content = createGunzip({ chunkSize: 1 << 18 });
  bytes.on("error", (error) => content.destroy(error));
  return bytes.pipe(content);
}

function readError(error: unknown, file: string, line: number): unknown {
  const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
  if (code === "Z_BUF_ERROR") return cutOff(file, line);
  if (typeof code === "string" && code.startsWith("Z_")) {
    return new AssayError(
      "CORRUPT",
      `${file} is damaged at line ${String(line)}: its gzip checksum or form is wrong; nothing was imported`,
      { details: { file, line }, cause: error },
    );
  }
  return typeof code === "string" ? fileError(error, file, "read") : error;
}

import { createHash } from "node:crypto";
import { AssayError, isAssayError } from "../../../errors/assay-error.ts";
import { decodeValue } from "../../../values/decode.ts";
import { isPlainObject } from "../../../values/plain.ts";
import { schemaVersion } from "../../schema.ts";
import type { SourceExperiment } from "../parts.ts";
import { toSourceExperiment } from "../storage-source.ts";
import { archiveFormat, archiveVersion, isLine, isWholeLine, kindOf, valueText } from "./format.ts";
import { cutOff, notAnArchive, readLines } from "./lines.ts";

const lineBreak = Buffer.from("\n");

/**
 * Reads an archive once from its beginning to its end, checks that all of it is as it was written, and returns
 * which experiments are in it. Throws `INVALID_VALUE` when it is no archive, `SCHEMA_NEWER` when a newer
 * Assay wrote it, `CORRUPT` with the line when it was cut off or changed.
 * @param onLines called now and then with how many lines were read
 */
export async function inspectArchive(
  file: string,
  onLines: (lines: number) => void = () => undefined,
): Promise<readonly SourceExperiment[]> {
  const hash = createHash("sha256");
  const found: { readonly document: Readonly<Record<string, unknown>>; trials: number }[] = [];
  let lines = 0;
  let isEnded = false;
  for await (const { number, bytes } of readLines(file)) {
    if (number === 1) checkHeader(file, bytes);
    if (!isWholeLine(bytes)) throw wrongLine(file, number, "its checksum (crc32) does not match");
    if (isEnded) throw wrongLine(file, number, "it is behind the archive's end");
    const kind = kindOf(bytes);
    if (kind === "archiveEnd") {
      checkEnd(file, number, objectIn(file, number, valueText(bytes, kind)), hash.digest("hex"));
      isEnded = true;
      continue;
    }
    hash.update(bytes).update(lineBreak);
    lines = number;
    if (kind === "experiments") {
      found.push({ document: objectIn(file, number, valueText(bytes, kind)), trials: 0 });
    }
    const last = found.at(-1);
    if (kind === "trials" && last !== undefined) last.trials += 1;
    if (lines % 10_000 === 0) onLines(lines);
  }
  if (lines === 0) throw notAnArchive(file);
  if (!isEnded) throw cutOff(file, lines + 1);
  return found.map(({ document, trials }) => toSourceExperiment(document, trials));
}

function checkHeader(file: string, bytes: Buffer): void {
  if (!isLine(bytes) || kindOf(bytes) !== "archive") throw notAnArchive(file);
  if (!isWholeLine(bytes)) throw wrongLine(file, 1, "its checksum (crc32) does not match");
  const { format, version, schema, assay } = objectIn(file, 1, valueText(bytes, "archive"));
  if (format !== archiveFormat) throw notAnArchive(file);
  const isNewer =
    typeof version !== "number" ||
    version > archiveVersion ||
    typeof schema !== "number" ||
    schema > schemaVersion;
  if (!isNewer) return;
  throw new AssayError(
    "SCHEMA_NEWER",
    `${file} has format ${String(version)} and schema ${String(schema)}, written by the newer Assay ${String(assay)}; this one knows format ${String(archiveVersion)} and schema ${String(schemaVersion)}`,
    { details: { file, version, schema } },
  );
}

function checkEnd(
  file: string,
  number: number,
  { lines, sha256 }: Readonly<Record<string, unknown>>,
  hash: string,
): void {
  if (lines !== number - 1) {
    throw wrongLine(file, number, `it says that ${String(lines)} lines come before it`);
  }
  if (sha256 !== hash) {
    throw wrongLine(file, number, "its checksum (sha256) is not that of the lines before it");
  }
}

function objectIn(file: string, number: number, text: string): Readonly<Record<string, unknown>> {
  try {
    const value = decodeValue(text);
    if (isPlainObject(value)) return value;
  } catch (error) {
    if (!isAssayError(error)) throw error;
  }
  throw wrongLine(file, number, "it cannot be read");
}

function wrongLine(file: string, line: number, why: string): AssayError {
  return new AssayError(
    "CORRUPT",
    `${file} is damaged in line ${String(line)}: ${why}; nothing was imported`,
    { details: { file, line } },
  );
}

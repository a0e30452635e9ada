import { crc32 } from "node:zlib";
import type { Document } from "../../../database/contract.ts";
import { encodeValue } from "../../../values/encode.ts";

/*
 * An archive is JSON lines. Each begins with the CRC-32 of what follows it in the line:
 *
 *   {"crc32":"89abcdef","archive":{"format":"assay-archive","version":1,"schema":1,"assay":"0.1.0","createdAt":…}}
 *   {"crc32":"…","experiments":{…}}
 *   {"crc32":"…","code":{…}}   then "runs", and for each trial "blobs", "trials", "attempts", "metrics", …
 *   {"crc32":"…","end":{…}}    the experiment as it is when all of its trials were read
 *   …                          more experiments
 *   {"crc32":"…","archiveEnd":{"lines":1234,"sha256":"…","documents":{"trials":1000,…}}}
 *
 * A document is a text of the codec, without its `experiment`: it is of the experiment above it. `lines` and
 * `sha256` are of everything before the last line.
 */

export const archiveFormat = "assay-archive";
export const archiveVersion = 1;

export interface ArchiveHeader {
  readonly format: string;
  readonly version: number;
  readonly schema: number;
  readonly assay: string;
  readonly createdAt: string;
}

export interface ArchiveEnd {
  readonly lines: number;
  readonly sha256: string;
  readonly documents: Readonly<Record<string, number>>;
}

const before = '{"crc32":"';
const after = '",';
/** Where the part of a line begins that its checksum is of. */
const coveredFrom = before.length + 8 + after.length;

/** A line, with its end. */
export function toLine(kind: string, value: object): string {
  const covered = `"${kind}":${encodeValue(value)}}`;
  return `${before}${checksum(covered)}${after}${covered}\n`;
}

/** A document of an experiment as a line. */
export function toDocumentLine(kind: string, document: Document): string {
  const { experiment: _, ...rest } = document;
  return toLine(kind, rest);
}

function checksum(covered: string | Uint8Array): string {
  return crc32(covered).toString(16).padStart(8, "0");
}

/** Whether a line has the form of one. */
export function isLine(bytes: Buffer): boolean {
  return bytes.toString("latin1", 0, before.length) === before && bytes.length > coveredFrom;
}

/** Whether these may be the first bytes of a line. */
export function mayBeginLine(bytes: Buffer): boolean {
  const start = bytes.toString("latin1", 0, before.length);
  return before.startsWith(start);
}

/** Whether the checksum of a line is that of its content. */
export function isWholeLine(bytes: Buffer): boolean {
  const written = bytes.toString("latin1", before.length, before.length + 8);
  return isLine(bytes) && written === checksum(bytes.subarray(coveredFrom));
}

/** What a line is of, without reading the rest of it. */
export function kindOf(bytes: Buffer): string {
  return bytes.toString("latin1", coveredFrom + 1, bytes.indexOf('"', coveredFrom + 1));
}

/** The text of the value of a line of some kind. */
export function valueText(bytes: Buffer, kind: string): string {
  return bytes.toString("utf8", coveredFrom + kind.length + 3, bytes.length - 1);
}

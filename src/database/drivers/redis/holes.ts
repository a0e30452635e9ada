import type { ReadAndWriteOperation, UpdateOperation } from "../../contract.ts";
import type { Condition } from "../../query.ts";
import type { MessageWriter } from "./message-pack.ts";

/** An update or a claim, and its query. */
export interface Templated {
  readonly operation: UpdateOperation | ReadAndWriteOperation;
  readonly conditions: readonly Condition[];
}

/** A place in a message for what varies: it writes one value, and tells whether that can be written. */
export type Hole = (writer: MessageWriter, one: Templated) => boolean;

/** What a message says in the place of a hole: whether it is for the offset of the server's time. */
export type HoleMark = boolean;

/** Writes bytes, where there are any. */
export function writeBytes(writer: MessageWriter, bytes: Buffer | undefined): boolean {
  if (bytes !== undefined) writer.bytes(bytes);
  return bytes !== undefined;
}

export function writeNumber(writer: MessageWriter, value: number): boolean {
  writer.number(value);
  return true;
}

import type { ReadAndWriteOperation, UpdateOperation } from "../../contract.ts";
import type { Condition } from "../../query.ts";
import { MessageWriter, Packed } from "./message-pack.ts";

/** An update or a claim, and its query. */
export interface Templated {
  readonly operation: UpdateOperation | ReadAndWriteOperation;
  readonly conditions: readonly Condition[];
}

/** A place in a message for what varies: it writes one value, and tells whether that can be written. */
export type Hole = (writer: MessageWriter, one: Templated) => boolean;

/** A part of a message with holes. */
export type Piece = string | number | boolean | Uint8Array | Hole | readonly Piece[];

/**
 * A message with nothing in its holes, the holes in order, and the ways to them: for each how long it is, and the
 * places in one list after the other, from 1.
 */
export interface Shape {
  readonly message: Packed;
  readonly holes: readonly Hole[];
  readonly ways: readonly number[];
}

/** Takes the holes out of a message. */
export function toShape(whole: Piece): Shape {
  const writer = new MessageWriter();
  const holes: Hole[] = [];
  const ways: number[] = [];
  const write = (piece: Piece, way: readonly number[]): void => {
    if (typeof piece === "function") {
      holes.push(piece);
      ways.push(way.length, ...way);
      writer.value(false);
    } else if (isList(piece)) {
      writer.list(piece.length);
      for (const [i, inner] of piece.entries()) write(inner, [...way, i + 1]);
    } else writer.value(piece);
  };
  write(whole, []);
  return { message: new Packed(writer.done()), holes, ways };
}

function isList(piece: Piece): piece is readonly Piece[] {
  return Array.isArray(piece);
}

/** Writes bytes, where there are any. */
export function writeBytes(writer: MessageWriter, bytes: Buffer | undefined): boolean {
  if (bytes !== undefined) writer.bytes(bytes);
  return bytes !== undefined;
}

export function writeNumber(writer: MessageWriter, value: number): boolean {
  writer.number(value);
  return true;
}

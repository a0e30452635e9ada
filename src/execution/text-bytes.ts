const encoder = new TextEncoder();

/**
 * How much of a text's beginning takes at most so many bytes of UTF-8. No character is cut.
 * @returns the length of the beginning in UTF-16 units, and its bytes
 */
export function beginningWithin(
  text: string,
  bytes: number,
): { readonly length: number; readonly bytes: number } {
  // A unit takes at most three bytes.
  const room = new Uint8Array(Math.min(bytes, text.length * 3));
  const { read, written } = encoder.encodeInto(text, room);
  return { length: read, bytes: written };
}

/**
 * The end of a text that takes at most so many bytes of UTF-8. No character is cut. It is a copy: a slice
 * would keep all of the text in memory.
 */
export function endWithin(
  text: string,
  bytes: number,
): { readonly text: string; readonly bytes: number } {
  // A unit takes at least a byte.
  const end = bytes === 0 ? "" : text.slice(-bytes);
  const encoded = Buffer.from(end, "utf8");
  let from = Math.max(0, encoded.length - bytes);
  while (isContinuation(encoded[from])) from += 1;
  const units = encoded.toString("utf8", 0, from).length;
  const copy = Buffer.from(end.slice(units), "utf16le").toString("utf16le");
  return { text: copy, bytes: encoded.length - from };
}

/** Whether a byte of UTF-8 continues a character. */
function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** Bytes that are MessagePack already. */
export class Packed {
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** What a message to a script is made of: strings and bytes are the same to Lua. */
export type Packable =
  | string
  | number
  | boolean
  | Uint8Array
  | Packed
  | readonly Packable[]
  | ReadonlyMap<string, Packable>
  | { readonly [key: string]: Packable | undefined };

/**
 * The part of MessagePack that Redis's scripts read (`cmsgpack`): bytes are written as strings, which is what
 * they are in Lua. A property that is undefined is left out.
 */
export function packMessage(value: Packable): Buffer {
  const writer = new MessageWriter();
  writer.value(value);
  return writer.done();
}

/** Writes a message piece by piece. */
export class MessageWriter {
  #buffer = Buffer.allocUnsafe(1024);
  #length = 0;

  /** What was written so far. */
  done(): Buffer {
    return Buffer.from(this.#buffer.subarray(0, this.#length));
  }

  /** How many bytes were written: a place to go back to. */
  get length(): number {
    return this.#length;
  }

  /** Forgets what was written behind a place. */
  truncate(length: number): void {
    this.#length = length;
  }

  value(value: Packable): void {
    if (typeof value === "string") this.string(value);
    else if (typeof value === "number") this.number(value);
    else if (typeof value === "boolean") this.#byte(value ? 0xc3 : 0xc2);
    else if (value instanceof Uint8Array) this.bytes(value);
    else if (value instanceof Packed) this.#raw(value.bytes);
    else if (value instanceof Map) this.#entries([...value] as [string, Packable][]);
    else if (isList(value)) this.#list(value);
    else this.#entries(Object.entries(value).filter(isPresent));
  }

  /** The head of a list, before its items. */
  list(length: number): void {
    this.#head(length, 0x90, 0xdc);
  }

  #list(items: readonly Packable[]): void {
    this.list(items.length);
    for (const item of items) this.value(item);
  }

  #entries(entries: readonly (readonly [string, Packable])[]): void {
    this.#head(entries.length, 0x80, 0xde);
    for (const [key, value] of entries) {
      this.string(key);
      this.value(value);
    }
  }

  /** The head of a list or map: its length in the first byte, or behind it in 2 or 4 bytes. */
  #head(length: number, small: number, large: number): void {
    if (length < 16) this.#byte(small | length);
    else if (length < 0x10000) this.#sized(large, length, 2);
    else this.#sized(large + 1, length, 4);
  }

  string(text: string): void {
    const length = Buffer.byteLength(text);
    this.#stringHead(length);
    this.#room(length);
    this.#buffer.write(text, this.#length);
    this.#length += length;
  }

  bytes(bytes: Uint8Array): void {
    this.#stringHead(bytes.length);
    this.#raw(bytes);
  }

  /** Pieces as one string. */
  joined(pieces: readonly Uint8Array[]): void {
    let length = 0;
    for (const piece of pieces) length += piece.length;
    this.#stringHead(length);
    for (const piece of pieces) this.#raw(piece);
  }

  #stringHead(length: number): void {
    if (length < 32) this.#byte(0xa0 | length);
    else if (length < 0x100) this.#sized(0xd9, length, 1);
    else if (length < 0x10000) this.#sized(0xda, length, 2);
    else this.#sized(0xdb, length, 4);
  }

  number(value: number): void {
    if (Number.isInteger(value) && value >= 0 && value < 128 && !Object.is(value, -0)) {
      this.#byte(value);
      return;
    }
    this.#room(9);
    this.#buffer[this.#length] = 0xcb;
    this.#buffer.writeDoubleBE(value, this.#length + 1);
    this.#length += 9;
  }

  #sized(head: number, length: number, bytes: number): void {
    this.#room(1 + bytes);
    this.#buffer[this.#length] = head;
    this.#buffer.writeUIntBE(length, this.#length + 1, bytes);
    this.#length += 1 + bytes;
  }

  #byte(byte: number): void {
    this.#room(1);
    this.#buffer[this.#length] = byte;
    this.#length += 1;
  }

  #raw(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #room(bytes: number): void {
    const wanted = this.#length + bytes;
    if (wanted <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(wanted, this.#buffer.length * 2));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

function isList(value: Packable): value is readonly Packable[] {
  return Array.isArray(value);
}

function isPresent(entry: readonly [string, unknown]): entry is [string, Packable] {
  return entry[1] !== undefined;
}

/**
 * Reads a map of strings to strings, as bytes that lie in those given; undefined when it is none. Lua packs an
 * empty table as an empty list.
 */
export function unpackMap(bytes: Buffer): Map<string, Buffer> | undefined {
  const entries = new Map<string, Buffer>();
  const head = bytes[0] ?? 0;
  let at = 1;
  let count = head & 0x0f;
  if (head === 0x90) return entries;
  if (head === 0xde || head === 0xdf) {
    const size = head === 0xde ? 2 : 4;
    count = bytes.readUIntBE(at, size);
    at += size;
  } else if ((head & 0xf0) !== 0x80) return undefined;

  const next = (): Buffer | undefined => {
    const byte = bytes[at] ?? 0;
    at += 1;
    let length = byte & 0x1f;
    if ((byte & 0xe0) !== 0xa0) {
      if (byte < 0xd9 || byte > 0xdb) return undefined;
      const size = byte === 0xd9 ? 1 : byte === 0xda ? 2 : 4;
      length = bytes.readUIntBE(at, size);
      at += size;
    }
    at += length;
    return at > bytes.length ? undefined : bytes.subarray(at - length, at);
  };
  for (let i = 0; i < count; i += 1) {
    const key = next();
    const value = next();
    if (key === undefined || value === undefined) return undefined;
    entries.set(key.toString("utf8"), value);
  }
  return entries;
}

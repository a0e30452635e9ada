/*
 * Several streams of bytes over one: u32 channel | u32 size | bytes, little endian.
 */

const headerBytes = 8;

/** A piece of a channel's bytes, to be written to the shared stream at once. */
export function encodePacket(channel: number, bytes: Uint8Array): Buffer {
  const packet = Buffer.allocUnsafe(headerBytes + bytes.length);
  packet.writeUInt32LE(channel, 0);
  packet.writeUInt32LE(bytes.length, 4);
  packet.set(bytes, headerBytes);
  return packet;
}

/** Takes the channels apart. A piece may be handed on before all of it has arrived. */
export class PacketReader {
  readonly #onBytes: (channel: number, bytes: Buffer) => void;
  #pending: Buffer = Buffer.alloc(0);
  #channel = 0;
  /** How many bytes of the packet that is being read are to come. */
  #left = 0;

  constructor(onBytes: (channel: number, bytes: Buffer) => void) {
    this.#onBytes = onBytes;
  }

  push(bytes: Buffer): void {
    let rest = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    for (;;) {
      if (this.#left > 0 && rest.length > 0) {
        const part = rest.subarray(0, this.#left);
        this.#left -= part.length;
        rest = rest.subarray(part.length);
        this.#onBytes(this.#channel, part);
      }
      if (this.#left > 0 || rest.length < headerBytes) break;
      this.#channel = rest.readUInt32LE(0);
      this.#left = rest.readUInt32LE(4);
      rest = rest.subarray(headerBytes);
    }
    this.#pending = Buffer.from(rest);
  }
}

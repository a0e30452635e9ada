import fc from "fast-check";
import { expect, test } from "vitest";
import { encodePacket, PacketReader } from "./packets.ts";

/** What each channel is heard to say in all. */
function hearChannels(pieces: readonly Buffer[]): Map<number, Buffer> {
  const heard = new Map<number, Buffer>();
  const reader = new PacketReader((channel, bytes) => {
    heard.set(channel, Buffer.concat([heard.get(channel) ?? Buffer.alloc(0), bytes]));
  });
  for (const piece of pieces) reader.push(piece);
  return heard;
}

const channels = fc.oneof(fc.nat(3), fc.constantFrom(65_535, 65_536, 2 ** 32 - 1));
const packets = fc.array(fc.tuple(channels, fc.uint8Array({ maxLength: 40 })), { maxLength: 8 });

test("each channel hears its own bytes in order, however the shared ones are split", () => {
  fc.assert(
    fc.property(packets, fc.array(fc.integer({ min: 1, max: 30 })), (sent, sizes) => {
      let rest = Buffer.concat(sent.map(([channel, bytes]) => encodePacket(channel, bytes)));
      const pieces: Buffer[] = [];
      for (const size of sizes) {
        pieces.push(rest.subarray(0, size));
        rest = rest.subarray(size);
      }
      const heard = hearChannels([...pieces, rest]);
      for (const channel of new Set(sent.map(([channel]) => channel))) {
        const said = sent.filter(([to]) => to === channel).map(([, bytes]) => bytes);
        expect(heard.get(channel) ?? Buffer.alloc(0)).toEqual(Buffer.concat(said));
      }
    }),
    { numRuns: 500 },
  );
});

test("a piece of a large packet is handed on before the rest has arrived", () => {
  const heard: [channel: number, size: number][] = [];
  const reader = new PacketReader((channel, bytes) => heard.push([channel, bytes.length]));
  const packet = encodePacket(7, Buffer.alloc(1_000_000));
  reader.push(packet.subarray(0, 400_000));
  expect(heard).toEqual([[7, 400_000 - (packet.length - 1_000_000)]]);
  reader.push(packet.subarray(400_000));
  expect(heard[1]).toEqual([7, packet.length - 400_000]);
});

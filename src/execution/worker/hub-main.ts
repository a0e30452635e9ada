import { Socket } from "node:net";
import { encodeFrame, FrameReader } from "../transport/frames.ts";
import { controlChannel, type FromHub, type ToHub } from "../transport/hub-protocol.ts";
import { encodePacket, PacketReader } from "../transport/packets.ts";
import { ThreadGroup, type ThreadLink } from "../transport/thread-group.ts";
import { endGroup } from "./end-group.ts";
import { endWithParent, writeAll } from "./parent-process.ts";

/*
 * The entry of a worker process that runs trials on threads: it starts and ends them as it is told and
 * carries their messages, which it does not read. No code of the user's runs on its main thread.
 */
endWithParent();
const [threads, memoryMb] = process.argv.slice(2).map(Number);
const group = new ThreadGroup(threads ?? 1, { memoryMb, isRelayed: true });
const links = new Map<number, ThreadLink>();
const tell = (message: FromHub): void =>
  writeAll(encodePacket(controlChannel, encodeFrame(message)));

function start(channel: number): void {
  const link = group.launch({
    onBytes: (bytes) => writeAll(encodePacket(channel, bytes)),
    onOutput: (text, stream) => tell({ type: "output", channel, text, stream }),
    onExit: (error) => {
      links.delete(channel);
      tell({ type: "ended", channel, error });
    },
  });
  links.set(channel, link);
}

async function end(channel: number): Promise<void> {
  await links.get(channel)?.terminate();
  links.delete(channel);
  tell({ type: "ended", channel });
}

const control = new FrameReader((message) => {
  const { type, channel } = message as ToHub;
  if (type === "start") start(channel);
  else void end(channel);
});
const packets = new PacketReader((channel, bytes) => {
  if (channel === controlChannel) control.push(bytes);
  else links.get(channel)?.post(bytes);
});
new Socket({ fd: 3, readable: true, writable: false })
  .on("data", (bytes) => packets.push(bytes))
  .on("close", endGroup);

import { parentPort, workerData } from "node:worker_threads";
import type { FromWorker, ToWorker } from "../protocol.ts";
import { FrameReader, FrameWriter } from "../transport/frames.ts";
import { RingWriter } from "../transport/ring.ts";
import type { ThreadData } from "../transport/spare-thread.ts";
import type { StoreAnswer } from "../transport/store-exchange.ts";
import { createDeferred, type Deferred } from "../../util/deferred.ts";
import { isCloneable } from "./is-cloneable.ts";
import { tellProcesses } from "./started-processes.ts";
import { taskNumber } from "./task-number.ts";
import { WorkerSession } from "./worker-session.ts";

/*
 * The entry of a worker thread. It says what it has to say through a ring of shared memory and hears by its
 * port, where it also gets the store from other threads of the process.
 */
if (parentPort === null) throw new TypeError("This module is the entry of a worker thread");
const port = parentPort;
const { ring, task, isRelayed } = workerData as ThreadData;
const outlet = new RingWriter(ring, () => port.postMessage(null));
const writer = new FrameWriter();
const session = new WorkerSession(say, shareStore);
const frames = new FrameReader((message) => session.receive(message as ToWorker));
let isFirst = true;
let storeAnswer: Deferred<StoreAnswer> | undefined;

Atomics.store(task, 0, taskNumber());
process.setSourceMapsEnabled(true);
tellProcesses((news) => port.postMessage(news));
port.on("message", (message: Uint8Array | StoreAnswer) => {
  if (message instanceof Uint8Array)
    frames.push(Buffer.from(message.buffer, message.byteOffset, message.length));
  else storeAnswer?.resolve(message);
});

/**
 * What is passed on by another thread of a process is lost with that. The first trial runs when its start was passed
 * on: one that ends the process at once would seem never to have started, here and in every process after it.
 */
function say(message: FromWorker): void {
  outlet.write(writer.encode(message));
  if (!isRelayed || !isFirst || message.type !== "moved" || message.started === undefined) return;
  isFirst = false;
  outlet.drain();
}

/** Builds the store if this thread is the first that needs it, and else takes the copy of the one that was. */
async function shareStore(build: () => Promise<unknown>): Promise<unknown> {
  storeAnswer = createDeferred();
  port.postMessage({ store: "wanted" });
  const answer = await storeAnswer.promise;
  if (answer.store === "shared") return answer.value;
  const value = await build();
  if (answer.store === "build") offer(value);
  return value;
}

function offer(value: unknown): void {
  if (isCloneable(value)) port.postMessage({ store: "built", value });
  else port.postMessage({ store: "kept" });
}

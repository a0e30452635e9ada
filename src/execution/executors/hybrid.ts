import { hostname } from "node:os";
import type { TrialError } from "../../model/trial.ts";
import type {
  Executor,
  WorkerHandle,
  WorkerHost,
  WorkerListener,
  WorkerSettings,
} from "../executor.ts";
import { encodeFrame, FrameReader } from "../transport/frames.ts";
import { controlChannel, type FromHub, type ToHub } from "../transport/hub-protocol.ts";
import { encodePacket, PacketReader } from "../transport/packets.ts";
import { WorkerProcess } from "../transport/worker-process.ts";
import { createDeferred, type Deferred } from "../../util/deferred.ts";
import { frameFor, hearFrames, loadFrame } from "./framed-worker.ts";
import { checkCount } from "./worker-count.ts";

/**
 * Trials on threads of worker processes of this machine. The threads of a process share the store that
 * `setup` builds.
 * @throws `USAGE` for numbers that are not whole or outside 1 to 1024
 */
export function hybrid(shape: {
  readonly processes: number;
  readonly threadsPerProcess: number;
}): Executor {
  const processes = checkCount("processes", shape.processes);
  const threadsPerProcess = checkCount("threadsPerProcess", shape.threadsPerProcess);
  return {
    name: "hybrid",
    workers: checkCount("processes × threadsPerProcess", processes * threadsPerProcess),
    isInline: false,
    open: (settings) => new HybridHost(settings, threadsPerProcess),
  };
}

/** Fills one process after the other with threads. */
class HybridHost implements WorkerHost {
  readonly #settings: WorkerSettings;
  readonly #load: Buffer;
  readonly #threads: number;
  readonly #hubs = new Set<Hub>();

  constructor(settings: WorkerSettings, threads: number) {
    this.#settings = settings;
    this.#load = loadFrame(settings);
    this.#threads = threads;
  }

  launch(listener: WorkerListener): WorkerHandle {
    const hub = [...this.#hubs].find(({ count }) => count < this.#threads) ?? this.#open();
    const link = hub.launch(listener);
    link.post(this.#load);
    return { ...link, post: (message) => link.post(frameFor(message)) };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#hubs].map((hub) => hub.terminate()));
  }

  #open(): Hub {
    const hub: Hub = new Hub(this.#threads, this.#settings.memoryMb, () => this.#hubs.delete(hub));
    this.#hubs.add(hub);
    return hub;
  }
}

interface HubThread {
  readonly listener: WorkerListener;
  readonly hear: (bytes: Buffer) => void;
  readonly ended: Deferred<undefined>;
  isEnding: boolean;
}

interface HubLink {
  readonly name: string;
  post(frame: Uint8Array): void;
  terminate(): Promise<void>;
  isStopped(): Promise<boolean>;
}

/** How long a process may take to end one of its threads before it is ended as a whole. */
const terminateMs = 10_000;

/** A worker process and its threads. */
class Hub {
  readonly #process: WorkerProcess;
  readonly #threads = new Map<number, HubThread>();
  readonly #onGone: () => void;
  #channels = controlChannel;

  constructor(threads: number, memoryMb: number | undefined, onGone: () => void) {
    this.#onGone = onGone;
    const control = new FrameReader((message) => this.#hear(message as FromHub));
    const packets = new PacketReader((channel, bytes) => {
      if (channel === controlChannel) control.push(bytes);
      else this.#threads.get(channel)?.hear(bytes);
    });
    const args = [String(threads), ...(memoryMb === undefined ? [] : [String(memoryMb)])];
    this.#process = new WorkerProcess(
      { entry: "execution/worker/hub-main.js", args },
      {
        onBytes: (bytes) => packets.push(bytes),
        onOutput: (text, stream) => this.#output(text, stream),
        onExit: (error) => {
          onGone();
          this.#leaveAll(error);
        },
      },
    );
  }

  get count(): number {
    return this.#threads.size;
  }

  launch(listener: WorkerListener): HubLink {
    this.#channels += 1;
    const channel = this.#channels;
    const thread: HubThread = {
      listener,
      hear: hearFrames(listener),
      ended: createDeferred(),
      isEnding: false,
    };
    this.#threads.set(channel, thread);
    this.#tell({ type: "start", channel });
    return {
      name: `${hostname()}:${String(this.#process.pid ?? 0)}/thread-${String(channel)}`,
      post: (frame) => this.#process.write(encodePacket(channel, frame)),
      terminate: async () => await this.#end(channel, thread),
      isStopped: async () => await this.#process.isStopped(),
    };
  }

  async terminate(): Promise<void> {
    await this.#process.terminate();
  }

  async #end(channel: number, thread: HubThread): Promise<void> {
    if (!this.#threads.has(channel)) return;
    thread.isEnding = true;
    this.#tell({ type: "end", channel });
    const late = setTimeout(() => void this.#giveUp(), terminateMs);
    await thread.ended.promise;
    clearTimeout(late);
  }

  /** A process that does not even end a thread is ended; its other trials are lost with it. */
  async #giveUp(): Promise<void> {
    // What is started from now on needs another process.
    this.#onGone();
    await this.#process.terminate();
    this.#leaveAll({
      cause: "lost",
      message: "The worker process did not answer and was ended",
    });
  }

  #leaveAll(error: TrialError): void {
    for (const channel of [...this.#threads.keys()]) this.#leave(channel, error);
  }

  #hear(message: FromHub): void {
    if (message.type === "ended") this.#leave(message.channel, message.error);
    else this.#threads.get(message.channel)?.listener.onOutput(message.text, message.stream);
  }

  #leave(channel: number, error: TrialError | undefined): void {
    const thread = this.#threads.get(channel);
    if (thread === undefined) return;
    this.#threads.delete(channel);
    thread.ended.resolve(undefined);
    if (!thread.isEnding && error !== undefined) thread.listener.onExit(error);
  }

  /** Whose it is cannot be told where several threads run: the first one's. */
  #output(text: string, stream: "stdout" | "stderr"): void {
    const [first] = this.#threads.values();
    first?.listener.onOutput(text, stream);
  }

  #tell(message: ToHub): void {
    this.#process.write(encodePacket(controlChannel, encodeFrame(message)));
  }
}

import { mkdirSync } from "node:fs";
import { format } from "node:util";
import { AssayError, type ErrorCode } from "../../errors/assay-error.ts";
import { createRandom, type Random } from "../../util/random.ts";
import { decodeValue } from "../../values/decode.ts";
import { encodeValue } from "../../values/encode.ts";
import type { AbortCause, Task, TrialRequest } from "../protocol.ts";
import type { TrialContext, TrialSnapshot } from "../trial-context.ts";
import { MetricBuffer } from "./metric-buffer.ts";

/** How the code of one trial reaches its coordinator. */
export interface TrialChannel {
  request(id: string, call: TrialRequest): Promise<unknown>;
  sendMetrics(
    id: string,
    points: Parameters<ConstructorParameters<typeof MetricBuffer>[0]>[0],
  ): void;
}

/** A snapshot as the coordinator sends it: the state and the generator as texts of the codec. */
interface SentSnapshot {
  readonly number: number;
  readonly label: string | null;
  readonly attempt: number;
  readonly createdAt: string;
  readonly state: string;
  readonly random: string | undefined;
}

const abortReasons: Readonly<Record<AbortCause, readonly [ErrorCode, message: string]>> = {
  interrupted: ["INTERRUPTED", "The run was interrupted"],
  timeout: ["TIMEOUT", "The trial ran longer than its limit"],
  "no progress": ["TIMEOUT", "The trial showed no progress for longer than its limit"],
  "lease lost": ["LEASE_LOST", "The trial belongs to another worker by now"],
};

/** The `trial` object of one attempt. */
export class TrialScope implements TrialContext {
  readonly id: string;
  readonly number: number;
  readonly attempt: number;
  readonly params: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly store: unknown;
  readonly #task: Task;
  readonly #channel: TrialChannel;
  /** Why the trial shall end; undefined while it need not. */
  #reason: AssayError | undefined;
  #controller: AbortController | undefined;
  /** What few trials need is made when one does. */
  #metrics: MetricBuffer | undefined;
  #requests: Set<Promise<unknown>> | undefined;
  #random: Random | undefined;
  #directory: string | undefined;
  #ended = false;

  constructor(task: Task, store: unknown, channel: TrialChannel) {
    this.#task = task;
    this.#channel = channel;
    this.id = task.id;
    this.number = task.number;
    this.attempt = task.attempt;
    this.params = decodeValue(task.params) as TrialScope["params"];
    this.seed = task.seed;
    this.store = store;
  }

  get random(): Random {
    this.#random ??= createRandom(this.seed);
    return this.#random;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /** Whether the signal has fired; asks without making one, which costs more than a short trial. */
  get isAborted(): boolean {
    return this.#reason !== undefined;
  }

  get directory(): string {
    if (this.#directory === undefined) {
      mkdirSync(this.#task.directory, { recursive: true });
      this.#directory = this.#task.directory;
    }
    return this.#directory;
  }

  report(metrics: Readonly<Record<string, number>>, step?: number): PromiseLike<void> {
    this.#assertRunning("report");
    this.#metrics ??= new MetricBuffer((points) => this.#channel.sendMetrics(this.id, points));
    this.#metrics.add(metrics, step);
    // Most callers do not wait: asking for the commit costs a round trip, so only `await` asks.
    return {
      then: (onCommitted, onFailed) =>
        this.#request({ method: "flush" })
          .then(() => undefined)
          .then(onCommitted, onFailed),
    };
  }

  shouldStop(): Promise<boolean> {
    return Promise.resolve(this.isAborted);
  }

  async saveSnapshot(state: unknown, label?: string): Promise<number> {
    const call = {
      method: "saveSnapshot" as const,
      state: encodeValue(state, "state"),
      random: encodeValue(this.random.state),
      label,
      points: this.#metrics?.count ?? 0,
    };
    return (await this.#request(call)) as number;
  }

  async latestSnapshot<State = unknown>(): Promise<TrialSnapshot<State> | undefined> {
    const sent = (await this.#request({ method: "latestSnapshot" })) as SentSnapshot | undefined;
    if (sent === undefined) return undefined;
    if (sent.random !== undefined) this.random.restore(decodeValue(sent.random));
    return toSnapshot(sent) as TrialSnapshot<State>;
  }

  async snapshots(): Promise<TrialSnapshot[]> {
    const sent = (await this.#request({ method: "snapshots" })) as readonly SentSnapshot[];
    return sent.map(toSnapshot);
  }

  async artifact(name: string, data: Uint8Array | string): Promise<void> {
    await this.#request({ method: "artifact", name, data: toBytes(data) });
  }

  async resultsOf<Results>(trialId: string): Promise<Results> {
    const text = (await this.#request({ method: "resultsOf", id: trialId })) as string;
    return decodeValue(text) as Results;
  }

  log(...values: readonly unknown[]): void {
    process.stdout.write(`${format(...values)}\n`);
  }

  /** Fires the signal. */
  abort(cause: AbortCause): void {
    const [code, message] = abortReasons[cause];
    this.#reason = new AssayError(code, message, { details: { cause } });
    this.#controller?.abort(this.#reason);
  }

  /** Sends what was collected; nothing can be asked from now on. What was asked is answered when the promise resolves. */
  end(): Promise<unknown> | undefined {
    this.#metrics?.flush();
    this.#ended = true;
    return this.#requests === undefined ? undefined : Promise.allSettled(this.#requests);
  }

  async #request(call: TrialRequest): Promise<unknown> {
    this.#assertRunning(call.method === "flush" ? "report" : call.method);
    this.#metrics?.flush();
    const answer = this.#channel.request(this.id, call);
    const requests = (this.#requests ??= new Set());
    requests.add(answer);
    try {
      return await answer;
    } finally {
      requests.delete(answer);
    }
  }

  #assertRunning(what: string): void {
    if (!this.#ended) return;
    throw new AssayError("MODE", `${what} was called after trial ${this.id} had ended`);
  }
}

/** A copy: who passed the data in may go on changing it. */
function toBytes(data: unknown): Uint8Array {
  if (typeof data === "string") return Buffer.from(data, "utf8");
  if (data instanceof Uint8Array) return Uint8Array.from(data);
  throw new AssayError(
    "INVALID_VALUE",
    `An artifact is a Uint8Array or a text, got ${data === null ? "null" : typeof data}`,
  );
}

function toSnapshot({ number, label, attempt, createdAt, state }: SentSnapshot): TrialSnapshot {
  return { number, label, attempt, createdAt, state: decodeValue(state) };
}

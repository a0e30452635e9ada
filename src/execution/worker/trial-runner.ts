import { setImmediate as nextTurn } from "node:timers/promises";
import { fromErrorData, isAssayError, toErrorData, AssayError } from "../../errors/assay-error.ts";
import type { Objective } from "../../model/objective.ts";
import { encodeResults } from "../../model/results.ts";
import type { AnyExperiment } from "../define-experiment.ts";
import type {
  AbortCause,
  Ending,
  FromWorker,
  Reply,
  Task,
  ToRunner,
  TrialRequest,
} from "../protocol.ts";
import type { TrialContext } from "../trial-context.ts";
import { LongText, longText } from "../../values/long-text.ts";
import { withTrial } from "./current-trial.ts";
import { toTrialError } from "./trial-error.ts";
import type { CapturedStreams } from "./capture-output.ts";
import { TaskPace } from "./task-pace.ts";
import { TrialScope, type TrialChannel } from "./trial-scope.ts";

/** So long trials may follow each other before the coordinator is heard, and what waits for its turn in this thread. */
const turnMs = 20;

/** Gives the store of this worker: builds it, or gets it from another one of the process. */
export type StoreSource = (build: () => Promise<unknown>) => Promise<unknown>;

export interface RunnerOptions {
  readonly send: (message: FromWorker) => void;
  readonly objectives: readonly Objective[];
  /** How many tasks may wait at most. */
  readonly maxAhead: number;
  readonly store: StoreSource;
  /** What captures what the trials write. */
  readonly streams?: Pick<CapturedStreams, "flush">;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

const interrupted = { status: "interrupted" } as const;

type Outcome = Pick<Ending, "status" | "results" | "objective" | "error">;

/** The worker's side of the protocol: runs the tasks it is given, one after another. */
export class TrialRunner {
  readonly #experiment: AnyExperiment;
  readonly #objectives: readonly Objective[];
  readonly #send: (message: FromWorker) => void;
  readonly #storeSource: StoreSource;
  readonly #streams: RunnerOptions["streams"];
  readonly #channel: TrialChannel;
  readonly #pace: TaskPace;
  readonly #queue: Task[] = [];
  readonly #waiting = new Map<number, Waiting>();
  #requests = 0;
  #current: TrialScope | undefined;
  #isWorking = false;
  #continue: (() => void) | undefined;
  #store: { readonly value: unknown } | undefined;

  constructor(experiment: AnyExperiment, options: RunnerOptions) {
    this.#experiment = experiment;
    const { send, objectives, maxAhead, store, streams } = options;
    this.#objectives = objectives;
    this.#send = send;
    this.#streams = streams;
    this.#storeSource = store;
    this.#pace = new TaskPace(maxAhead);
    this.#channel = {
      request: async (id, call) => await this.#request(id, call),
      sendMetrics: (id, points) => send({ type: "metrics", id, points }),
    };
  }

  /** Asks for the first task. */
  start(): void {
    this.#move({});
  }

  isRunning(trial: TrialContext): boolean {
    return this.#current === trial;
  }

  receive(message: ToRunner): void {
    switch (message.type) {
      case "run":
        for (const task of message.tasks) this.#queue.push(task);
        this.#pace.received(message.tasks.length);
        if (!this.#isWorking) void this.#work();
        return;
      case "abort":
        this.#abort(message.id, message.cause);
        return;
      case "reply":
        this.#settle(message.request, message.result);
        return;
      case "drop":
        this.#queue.length = 0;
        return;
      case "continue":
        this.#continue?.();
        return;
    }
  }

  #abort(id: string, cause: AbortCause): void {
    if (this.#current?.id === id) {
      this.#current.abort(cause);
      return;
    }
    const place = this.#queue.findIndex((task) => task.id === id);
    if (place >= 0) this.#queue.splice(place, 1);
  }

  /**
   * Runs tasks until none is left. Never rejects. It waits for nothing that is there already, and in no other function:
   * on Node.js 20, AsyncLocalStorage hears of every promise, which short trials notice.
   */
  async #work(): Promise<void> {
    this.#isWorking = true;
    if (this.#store === undefined && !(await this.#setUp())) return;
    let ended: Ending | undefined;
    let turnedAt = performance.now();
    for (let task = this.#queue.shift(); task !== undefined; task = this.#queue.shift()) {
      const scope = this.#enter(task);
      const started = { id: task.id, at: Date.now() };
      this.#move(ended === undefined ? { started } : { ended, started });
      const before = performance.now();
      let outcome: Outcome = interrupted;
      try {
        // The answer may have been that the trial was taken back.
        if (!scope.isAborted) {
          const returned = this.#call(scope);
          outcome = this.#completed(isThenable(returned) ? await returned : returned);
        }
      } catch (error) {
        outcome = failure(scope, error);
      }
      const over = performance.now();
      const durationMs = over - before;
      const answers = scope.end();
      if (answers !== undefined) await answers;
      ended = {
        id: scope.id,
        ...outcome,
        endedAt: Date.now(),
        durationMs: toMicroseconds(durationMs),
      };
      this.#leave(durationMs);
      if (ended.status === "broken") {
        await this.#pause(ended);
        ended = undefined;
      } else if (over - turnedAt > turnMs) {
        // What was posted meanwhile comes first: the next trial may have been taken back.
        this.#move({ ended });
        ended = undefined;
        await nextTurn();
        turnedAt = performance.now();
      }
    }
    this.#isWorking = false;
    this.#move(ended === undefined ? {} : { ended });
  }

  #enter(task: Task): TrialScope {
    // What was written between two trials belongs to none.
    this.#streams?.flush();
    this.#current = new TrialScope(task, this.#store?.value, this.#channel);
    return this.#current;
  }

  #leave(durationMs: number): void {
    this.#streams?.flush();
    this.#current = undefined;
    this.#pace.ran(durationMs);
  }

  #call(scope: TrialScope): unknown {
    const { run } = this.#experiment;
    return withTrial(scope, () => run(scope.params as never, scope as never));
  }

  #completed(returned: unknown): Outcome {
    const found = encodeResults(returned, this.#objectives);
    return { status: "completed", ...found, results: passedOn(found.results) };
  }

  /** Tells how far this worker is, and asks for more tasks when few are left. */
  #move(news: { readonly ended?: Ending; readonly started?: { id: string; at: number } }): void {
    const waiting = this.#queue.length;
    const pull = this.#pace.wanted(waiting, news.started === undefined);
    if (pull > 0) this.#send({ type: "moved", ...news, pull });
    else if (news.ended !== undefined || news.started !== undefined) {
      this.#send({ type: "moved", ...news });
    }
  }

  /** Tells of a broken trial and waits for the word to go on. */
  async #pause(ended: Ending): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#continue = resolve;
      this.#send({ type: "moved", ended });
    });
  }

  async #setUp(): Promise<boolean> {
    try {
      const { setup, space } = this.#experiment;
      const value =
        setup === undefined
          ? undefined
          : await this.#storeSource(async () => await setup(space as never));
      this.#store = { value };
      return true;
    } catch (error) {
      const data = toErrorData(error);
      const message = `setup of "${this.#experiment.name}" threw: ${data.message}`;
      const failure = new AssayError("SETUP_FAILED", message, { cause: error });
      if (data.stack !== undefined) failure.stack = data.stack;
      this.#send({ type: "unusable", error: toErrorData(failure) });
      return false;
    }
  }

  async #request(id: string, call: TrialRequest): Promise<unknown> {
    const request = (this.#requests += 1);
    return await new Promise((resolve, reject) => {
      this.#waiting.set(request, { resolve, reject });
      this.#send({ type: "request", request, id, call });
    });
  }

  #settle(request: number, result: Reply): void {
    const waiting = this.#waiting.get(request);
    this.#waiting.delete(request);
    if (result.ok) waiting?.resolve(result.value);
    else waiting?.reject(fromErrorData(result.error));
  }
}

/** Milliseconds as far as they mean something: the clock's last digits are noise, and long to write and to read. */
function toMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

function failure(scope: TrialScope, error: unknown): Outcome {
  const saysSo = isAssayError(error) && error.code === "INTERRUPTED";
  const status = scope.isAborted || saysSo ? "interrupted" : "broken";
  return { status, error: toTrialError(error) };
}

/** The coordinator stores results as they are. */
function passedOn(results: string): string | LongText {
  return results.length < longText ? results : new LongText(results);
}

function isThenable(returned: unknown): returned is PromiseLike<unknown> {
  if (returned === null || typeof returned !== "object") return false;
  return typeof Reflect.get(returned, "then") === "function";
}

import { createDeferred, type Deferred } from "../../../util/deferred.ts";
import { asBytes, asTexts, type RedisClient } from "./client.ts";
import { isMissingScript, toAssayError } from "./errors.ts";
import { packMessage, type Packed } from "./message-pack.ts";
import { updateScript, type Script } from "./script/script.ts";

/** What the script answers to a batch: a word, and what belongs to it. */
export type RawAnswer = readonly [word: Buffer, ...rest: unknown[]];

/** Batches that are sent together. */
interface Group {
  readonly key: string;
  readonly version: string;
  readonly batches: Packed[];
  steps: number;
  readonly answers: Deferred<readonly RawAnswer[]>;
}

/** So few steps that this process works on some answers while the server works on the next batches. */
const mostTogether = 8;

/** A client with the script: what is sent to the server, and its errors in Assay's words. */
export class Connection {
  readonly location: string;
  readonly #client: RedisClient;
  readonly #close: () => Promise<void>;

  constructor(client: RedisClient, location: string, close: () => Promise<void>) {
    this.#client = client;
    this.location = location;
    this.#close = close;
  }

  /** Sends a command; strings in its answer are texts. */
  async command(...args: readonly string[]): Promise<unknown> {
    try {
      return await this.#client.sendCommand(args, asTexts);
    } catch (error) {
      throw this.toError(error);
    }
  }

  /** Runs a script; strings in its answers are bytes. No answers when it was told of another catalog. */
  async run(
    script: Script,
    key: string,
    args: readonly (string | Buffer)[],
  ): Promise<readonly RawAnswer[]> {
    return (await this.#evaluate(script, key, args)) as readonly RawAnswer[];
  }

  /**
   * Runs a batch of updates. Those that are asked for at the same moment, as a report and the next claim of a
   * worker are, are one script, in which each is by itself all or nothing.
   */
  async runTogether(
    key: string,
    version: string,
    batch: Packed,
    steps: number,
  ): Promise<RawAnswer | undefined> {
    let group = this.#waiting.at(-1);
    const isFull = (group?.steps ?? 0) + steps > mostTogether;
    if (group?.key !== key || group.version !== version || isFull) {
      group = { key, version, batches: [], steps: 0, answers: createDeferred() };
      this.#waiting.push(group);
    }
    group.steps += steps;
    const place = group.batches.push(batch) - 1;
    if (!this.#isSending) void this.#sendWaiting();
    return (await group.answers.promise)[place];
  }

  readonly #waiting: Group[] = [];
  #isSending = false;

  /**
   * Sends one group after the other. An answer is handed out once the next group is on its way, so that this
   * process works on the one while the server works on the other: of groups that are sent together, the server
   * sends the answers together too, and then each of the two waits for the other.
   */
  async #sendWaiting(): Promise<void> {
    this.#isSending = true;
    let handOut = (): void => undefined;
    // Behind everything that goes on now.
    await nextTurn();
    for (let group = this.#waiting.shift(); group !== undefined; group = this.#waiting.shift()) {
      const { key, version, batches, answers } = group;
      const running = this.run(updateScript, key, [version, packMessage(batches)]);
      const told = running.then(
        (found) => () => answers.resolve(found),
        (error: unknown) => () => answers.reject(error),
      );
      // The client writes in the next turn.
      await nextTurn();
      handOut();
      handOut = await told;
    }
    this.#isSending = false;
    handOut();
  }

  async #evaluate(
    script: Script,
    key: string,
    args: readonly (string | Buffer)[],
  ): Promise<unknown> {
    try {
      try {
        return await this.#client.sendCommand(["EVALSHA", script.sha1, "1", key, ...args], asBytes);
      } catch (error) {
        if (!isMissingScript(error)) throw error;
        return await this.#client.sendCommand(["EVAL", script.text, "1", key, ...args], asBytes);
      }
    } catch (error) {
      throw this.toError(error);
    }
  }

  /** An error of the client or the server in Assay's words. */
  toError(error: unknown): unknown {
    return toAssayError(error, this.location);
  }

  async close(): Promise<void> {
    await this.#close();
  }
}

async function nextTurn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

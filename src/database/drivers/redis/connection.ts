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
  readonly answers: Promise<readonly RawAnswer[]>;
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
    let group = this.#group;
    const isFull = (group?.steps ?? 0) + steps > mostTogether;
    if (group?.key !== key || group.version !== version || isFull) {
      const batches: Packed[] = [];
      group = { key, version, batches, steps: 0, answers: this.#runLater(key, version, batches) };
      this.#group = group;
    }
    group.steps += steps;
    const place = group.batches.push(batch) - 1;
    return (await group.answers)[place];
  }

  #group: Group | undefined;

  async #runLater(
    key: string,
    version: string,
    batches: readonly Packed[],
  ): Promise<readonly RawAnswer[]> {
    // Behind everything that goes on now.
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#group?.batches === batches) this.#group = undefined;
    return await this.run(updateScript, key, [version, packMessage(batches)]);
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

import { createDeferred, type Deferred } from "../../../util/deferred.ts";
import { asBytes, asTexts, type RedisClient } from "./client.ts";
import { isMissingScript, toAssayError } from "./errors.ts";
import { updateScript, type Script } from "./script/script.ts";
import { UpdateGroup, type UpdateStep } from "./update-group.ts";

/** What the script answers to a batch: a word, and what belongs to it. */
export type RawAnswer = readonly [word: Buffer, ...rest: unknown[]];

/** Batches that are sent together. */
interface Group {
  readonly key: string;
  readonly version: string;
  readonly updates: UpdateGroup;
  count: number;
  readonly answers: Deferred<readonly RawAnswer[]>;
}

/** One that the server works on, and one that it finds when it is done with that. */
const mostUnderWay = 2;

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
   * Runs a batch of updates; undefined when it has a value that its field cannot hold. Those that are asked for at
   * the same moment, as a report and the next claim of a worker are, are one script, in which each is by itself
   * all or nothing.
   */
  runTogether(
    key: string,
    version: string,
    batch: readonly UpdateStep[],
  ): Promise<RawAnswer | undefined> | undefined {
    let group = this.#waiting.at(-1);
    if (group?.key !== key || group.version !== version || group.updates.isFull) {
      group = { key, version, updates: new UpdateGroup(), count: 0, answers: createDeferred() };
    }
    if (!group.updates.add(batch)) return undefined;
    if (group.count === 0) this.#waiting.push(group);
    const place = group.count;
    group.count += 1;
    this.#sendSoon();
    return group.answers.promise.then((answers) => answers[place]);
  }

  readonly #waiting: Group[] = [];
  #underWay = 0;
  #isSending = false;

  /** Sends what waits, behind everything that goes on now, as long as the server has little to do. */
  #sendSoon(): void {
    if (this.#isSending || this.#underWay === mostUnderWay) return;
    this.#isSending = true;
    setImmediate(() => {
      this.#isSending = false;
      const group = this.#waiting.shift();
      if (group === undefined) return;
      void this.#send(group);
      this.#sendSoon();
    });
  }

  async #send({ key, version, updates, answers }: Group): Promise<void> {
    this.#underWay += 1;
    const told = await this.run(updateScript, key, [version, ...updates.toArguments()]).then(
      (found) => () => answers.resolve(found),
      (error: unknown) => () => answers.reject(error),
    );
    this.#underWay -= 1;
    this.#told.push(told);
    if (this.#told.length === 1) void this.#handOut();
  }

  readonly #told: (() => void)[] = [];

  /**
   * Hands out answers one after the other, each when what waits, and what was asked for in return for the last
   * one, is on its way: else the server and this process would do their work in turn, because answers that come
   * together stay together.
   */
  async #handOut(): Promise<void> {
    for (let next = this.#told[0]; next !== undefined; next = this.#told[0]) {
      this.#sendSoon();
      // It is sent in the next turn, and written in the one after it.
      await nextTurn();
      await nextTurn();
      next();
      this.#told.shift();
    }
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

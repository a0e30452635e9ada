import { asBytes, asTexts, type RedisClient } from "./client.ts";
import { isMissingScript, toAssayError } from "./errors.ts";
import type { Script } from "./script/script.ts";

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

  /** Runs a script; strings in its answer are bytes. */
  async run(script: Script, key: string, args: readonly (string | Buffer)[]): Promise<unknown> {
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

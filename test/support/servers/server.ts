import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A private server on 127.0.0.1 with its own data, for tests and benchmarks. */
export interface TestServer {
  /** Where it listens; the same after a restart. */
  readonly url: string;
  /** Ends it as a power cut would; its data stays. */
  kill(): Promise<void>;
  /** Ends it in order; its data stays. */
  stop(): Promise<void>;
  /** Starts it again on its data, and waits until it answers. */
  start(): Promise<void>;
  /** Ends it and removes its data. */
  close(): Promise<void>;
}

/** A port that nothing listens on now. */
export async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}

/** Tries until it succeeds. Throws the last error after half a minute, or at once when `isOver` says so. */
export async function eventually<T>(
  action: () => Promise<T> | T,
  isOver: () => boolean = () => false,
): Promise<T> {
  const giveUpAt = Date.now() + 30_000;
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (Date.now() > giveUpAt || isOver()) throw error;
      await sleep(20);
    }
  }
}

import type { TestServer } from "./server.ts";

/** Starts a private server that speaks MongoDB's protocol; undefined where there is none. */
export function startMongodb(): Promise<TestServer | undefined> {
  return Promise.resolve(undefined);
}

import { setTimeout as sleep } from "node:timers/promises";
import type { OutageServer } from "./tests.ts";

/** Ends the server, now so and now so, and starts it again, each time that work has come to one of these points. */
export async function restartAt(
  server: OutageServer,
  points: readonly number[],
  progress: () => number,
): Promise<void> {
  for (const [i, point] of points.entries()) {
    while (progress() < point) await sleep(2);
    await (i % 3 === 1 ? server.stop() : server.kill());
    // Those who come meanwhile find nobody.
    await sleep(100);
    await server.start();
  }
}

/** Does something while the server is away, and starts it again whatever comes of it. */
export async function whileStopped<T>(server: OutageServer, action: () => Promise<T>): Promise<T> {
  await server.stop();
  try {
    return await action();
  } finally {
    await server.start();
  }
}

import { setTimeout as sleep } from "node:timers/promises";
import { isConflict } from "./errors.ts";

const mostTries = 30;
const longestPauseMs = 50;

/** Waits a moment before another try; longer and longer, and never as long as those who tried at the same time. */
export async function pauseBefore(attempt: number): Promise<void> {
  await sleep(Math.random() * Math.min(longestPauseMs, 2 ** attempt));
}

const turns = new WeakMap<object, Promise<unknown>>();

/**
 * Repeats what failed only because others wrote to the same collection at the same time: one after another. At once
 * they would only be in each other's way again; below FerretDB each of these meetings is a deadlock of a second.
 */
export async function inTurn<T>(collection: object, action: () => Promise<T>): Promise<T> {
  const result = (turns.get(collection) ?? Promise.resolve()).then(action);
  turns.set(
    collection,
    result.catch(() => undefined),
  );
  return await result;
}

/** Repeats what failed only because others wrote at the same time. */
export async function repeated<T>(action: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await action();
    } catch (error) {
      if (!isConflict(error) || attempt >= mostTries) throw error;
      await pauseBefore(attempt);
    }
  }
}

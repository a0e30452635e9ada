import { setTimeout as sleep } from "node:timers/promises";
import { isConflict } from "./errors.ts";

const mostTries = 30;
const longestPauseMs = 50;

/** Waits a moment before another try; longer and longer, and never as long as those who tried at the same time. */
export async function pauseBefore(attempt: number): Promise<void> {
  await sleep(Math.random() * Math.min(longestPauseMs, 2 ** attempt));
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

import type { TrialContext } from "../trial-context.ts";
import { currentTrial } from "./current-trial.ts";
import { toTrialError } from "./trial-error.ts";

const event = "uncaughtException";

/**
 * Keeps what a trial left running when it ended from breaking the trial that runs when it fails. Such an error
 * is told of, by the name of the trial that left it, and the worker goes on. Every other error that nothing
 * catches, of the running trial or of no trial, ends the worker as it would without this.
 *
 * Promises and timers know the trial in which they were made by the context that `getTrial` uses.
 */
export function watchLeftErrors(
  hasEnded: (trial: TrialContext) => boolean,
  tell: (trial: TrialContext, text: string) => void,
): void {
  process.on(event, (error: unknown) => {
    if (isHandledByCode()) return;
    const trial = currentTrial();
    if (trial === undefined || !hasEnded(trial)) throw error;
    const { message, stack } = toTrialError(error);
    tell(
      trial,
      `Trial ${String(trial.number)} had ended when nothing caught an error of it: ${stack ?? message}\n`,
    );
  });
}

/** Whether the user's code has decided itself what is to happen with errors that nothing catches. */
export function isHandledByCode(): boolean {
  return process.listenerCount(event) > 1 || process.hasUncaughtExceptionCaptureCallback();
}

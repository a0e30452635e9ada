import type { Progress, ProgressTracker } from "./progress.ts";
import { progressBar } from "./progress-bar.ts";

/** Ten times a second is as often as a person can read. */
const intervalMs = 100;

export interface ProgressReporter {
  /** Something changed. */
  readonly changed: () => void;
  /** Shows the end. */
  readonly stop: () => void;
}

/** Shows progress: by a callback, or (true) as a bar on standard error. */
export function reportProgress(
  tracker: ProgressTracker,
  target: boolean | ((progress: Progress) => void),
): ProgressReporter {
  if (target === false) return { changed: () => undefined, stop: () => undefined };
  const show = target === true ? progressBar(process.stderr) : target;
  let isChanged = false;
  const timer = setInterval(() => {
    if (!isChanged && target !== true) return;
    isChanged = false;
    show(tracker.snapshot());
  }, intervalMs);
  timer.unref();
  return {
    changed: () => {
      isChanged = true;
    },
    stop: () => {
      clearInterval(timer);
      tracker.isOver = true;
      show(tracker.snapshot());
    },
  };
}

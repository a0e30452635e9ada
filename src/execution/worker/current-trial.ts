import { AsyncLocalStorage } from "node:async_hooks";
import { AssayError } from "../../errors/assay-error.ts";
import type { TrialContext } from "../trial-context.ts";

const current = new AsyncLocalStorage<TrialContext>();

/** Runs code of a trial so that `getTrial` finds the trial from it, however deep. */
export function withTrial<T>(trial: TrialContext, action: () => T): T {
  return current.run(trial, action);
}

/** The trial that the calling code belongs to, also when that trial has ended; undefined outside of one. */
export function currentTrial(): TrialContext | undefined {
  return current.getStore();
}

/** The trial that the calling code belongs to. `USAGE` outside of one. */
export function getTrial(): TrialContext {
  const trial = currentTrial();
  if (trial !== undefined) return trial;
  throw new AssayError("USAGE", "getTrial was called outside of a trial");
}

/** What the experiment's `setup` returned, for the trial that the calling code belongs to. */
export function getStore<Store = unknown>(): Store {
  const { store } = getTrial();
  if (store !== undefined) return store as Store;
  throw new AssayError(
    "USAGE",
    "The experiment has no store; define setup: (config) => … to build one",
  );
}

import type { TrialError } from "../../model/trial.ts";

/*
 * What a process of several worker threads and its coordinator say about the threads. It travels on a
 * channel of its own; each thread's messages travel on the thread's.
 */

export const controlChannel = 0;

export type ToHub =
  | { readonly type: "start"; readonly channel: number }
  | { readonly type: "end"; readonly channel: number };

export type FromHub =
  /** A thread is gone; all that it said was sent before. No error when it was asked to end. */
  | { readonly type: "ended"; readonly channel: number; readonly error?: TrialError }
  | {
      readonly type: "output";
      readonly channel: number;
      readonly text: string;
      readonly stream: "stdout" | "stderr";
    };

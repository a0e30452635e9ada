/** The streams that a trial writes to. */
export const outputStreams = ["stdout", "stderr"] as const;

export type OutputStream = (typeof outputStreams)[number];

/** What was written to one stream before something was written to the other. */
export interface OutputSegment {
  readonly stream: OutputStream;
  readonly text: string;
}

/** What an attempt wrote: all of it, or its beginning and its end. */
export interface AttemptOutput {
  readonly attempt: number;
  /** In the order in which they were written. */
  readonly segments: readonly OutputSegment[];
  /** How many bytes of UTF-8 between beginning and end were not kept; 0 when all was. */
  readonly omittedBytes: number;
  /** How many segments precede what was not kept; all of them when nothing is missing. */
  readonly omittedAt: number;
}

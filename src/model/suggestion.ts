/** A trial that an algorithm proposes, and that storage registers. */
export interface Suggestion {
  readonly params: Readonly<Record<string, unknown>>;
  /** 0 for the first trial with these parameters, 1 for its first repeat. */
  readonly occurrence: number;
  /** Its place in the grid; left out where it has none, and the next free number shall be given. */
  readonly number?: number;
  /** The algorithm's position after this suggestion. */
  readonly position: number;
}

/**
 * The values of a dimension by index: lazy, so that ten million cost no memory. Several indices
 * may hold equal values; their rank (0, 1, …, in order) tells them apart.
 */
export interface Grid<Value = unknown> {
  /** Number of indices. */
  readonly size: number;
  /** True when it is certain that no two indices hold equal values. */
  readonly distinct: boolean;
  /** The value of an index from 0 to size − 1, which the caller has checked. */
  at(index: number): Value;
  /** How many lower indices hold the value of this one. */
  rank(index: number): number;
  /** How many indices hold this value: 0 for any other. */
  count(value: unknown): number;
  /** The index of this value and rank, or undefined. */
  indexOf(value: unknown, rank: number): number | undefined;
}

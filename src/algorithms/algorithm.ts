import type { Suggestion } from "../model/suggestion.ts";

/** A finished trial, for an algorithm to learn from. */
export interface Observation {
  readonly id: string;
  readonly number: number;
  readonly status: "completed" | "pruned" | "broken";
  /** The first declared objective; undefined when the trial has none. */
  readonly objective: number | undefined;
  /** Read when they are asked for: many algorithms do without. */
  readonly params: () => Readonly<Record<string, unknown>>;
}

export interface SuggestRequest {
  /** Where to go on: 0 at first, then the position of the last suggestion that was registered. */
  readonly position: number;
  /** How many suggestions are wanted, at least 1. */
  readonly count: number;
  /** Which of some suggestions are registered already. */
  readonly known: (suggestions: readonly Suggestion[]) => Promise<ReadonlySet<Suggestion>>;
}

/** `isExhausted`: nothing is left behind `position` that could be suggested. */
export interface SuggestResult {
  readonly suggestions: readonly Suggestion[];
  readonly position: number;
  readonly isExhausted: boolean;
}

/**
 * Proposes trials from what was observed. A suggestion depends on the seed, the position and what was
 * observed only, so that any process can go on where another one stopped, and the same seed gives the same
 * trials however many workers there are.
 */
export interface Algorithm {
  readonly name: string;
  /** At most `count` suggestions that are not known yet; fewer, or none, when the space is exhausted. */
  suggest(request: SuggestRequest): Promise<SuggestResult>;
  /**
   * Learns from a trial that finished: from those of earlier runs before the first suggestion, in the order of
   * their numbers, then from each once as it finishes. Left out where suggestions depend on nothing found.
   */
  readonly observe?: (observation: Observation) => void;
}

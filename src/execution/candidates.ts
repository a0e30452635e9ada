import { contentKey } from "../model/identity.ts";
import type { Suggestion } from "../model/suggestion.ts";
import type { NarrowedSpace } from "../space/narrowed-space.ts";
import { createRandom, deriveSeed } from "../util/random.ts";
import { encodeValue } from "../values/encode.ts";

/** The trials that a narrowed run may run, one after the other, made when they are asked for. */
export interface Candidates {
  /** The next ones, at most `count` and no two of them the same; none at the end. */
  next(count: number): readonly Suggestion[];
  /** Goes on behind `position`. `fresh` of the trials up to there were not registered before. */
  pass(position: number, fresh: number): void;
}

/** The grid of a narrowed space, in its order. */
export function gridCandidates(narrowed: NarrowedSpace): Candidates {
  let position = 0;
  return {
    next(count) {
      const length = Math.min(count, narrowed.size - position);
      return Array.from({ length }, (_, i) => {
        const { index, params, occurrence } = narrowed.at(position + i);
        const trial = { params, occurrence, position: position + i + 1 };
        return index === undefined ? trial : { ...trial, number: index };
      });
    },
    pass(to) {
      position = to;
    },
  };
}

/**
 * Draws around the fixed values of a narrowed space, until so many of them found nothing new that there is
 * hardly anything left: with n values known and one missing, all equally likely, 20 (n + 1) draws miss it with
 * a probability of e^-20.
 * @param known how many trials of the narrowed space are registered
 */
export function drawnCandidates(narrowed: NarrowedSpace, seed: number, known: number): Candidates {
  const label = encodeValue([...narrowed.fixed]);
  let position = 0;
  let registered = known;
  let inVain = 0;

  function draw(at: number): Suggestion["params"] {
    return narrowed.sample(createRandom(deriveSeed(seed, `${label} ${String(at)}`)));
  }

  return {
    next(count) {
      if (inVain >= Math.max(1000, 20 * (registered + 1))) return [];
      const drawn: Suggestion[] = [];
      const keys = new Set<string>();
      for (let at = position; at < position + count; at += 1) {
        const params = draw(at);
        const key = contentKey(params, 0);
        // A draw that repeats an earlier one is passed together with the one before it.
        const last = keys.has(key) ? drawn.pop() : undefined;
        drawn.push({ ...(last ?? { params, occurrence: 0 }), position: at + 1 });
        keys.add(key);
      }
      return drawn;
    },
    pass(to, fresh) {
      inVain = fresh === 0 ? inVain + to - position : 0;
      registered += fresh;
      position = to;
    },
  };
}

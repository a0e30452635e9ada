import { contentKey } from "../model/identity.ts";
import type { Suggestion } from "../model/suggestion.ts";
import { permute } from "../space/permutation.ts";
import type { Space } from "../space/space.ts";
import { createRandom, deriveSeed } from "../util/random.ts";
import type { Algorithm, SuggestResult } from "./algorithm.ts";
import { suggestionAt } from "./grid.ts";

/**
 * Trials drawn at random, never the same one twice, until the space is exhausted.
 *
 * A grid is walked in a random order (a seeded permutation of its places, so that no memory of what was
 * drawn is needed). In other spaces the draw at each position has its own generator, and draws that are
 * known already are passed over.
 */
export function createRandomSearch(space: Space, seed: number): Algorithm {
  const suggest = space.enumerable ? permuted(space, seed) : drawn(space, seed);
  return { name: "random", suggest };
}

function permuted(space: Space, seed: number): Algorithm["suggest"] {
  return ({ position, count }) => {
    const end = Math.min(space.size, position + count);
    const suggestions: Suggestion[] = [];
    for (let place = position; place < end; place += 1) {
      const number = permute(place, space.size, seed);
      suggestions.push(suggestionAt(space, number, place + 1));
    }
    return Promise.resolve({ suggestions, position: end, isExhausted: end === space.size });
  };
}

/**
 * How many draws in a row may all be known before a space counts as exhausted. A value that is missing
 * with all n values equally likely survives 20 n draws with a probability of e^-20.
 */
function patience(space: Space): number {
  return Math.max(1000, Math.min(20 * space.cardinality, 1e6));
}

function drawn(space: Space, seed: number): Algorithm["suggest"] {
  const draw = (position: number): Suggestion => ({
    params: space.sample(createRandom(deriveSeed(seed, `draw ${String(position)}`))),
    occurrence: 0,
    position: position + 1,
  });

  return async ({ position, count, known }): Promise<SuggestResult> => {
    const suggestions: Suggestion[] = [];
    const keys = new Set<string>();
    let at = position;
    let inVain = 0;
    while (suggestions.length < count && inVain < patience(space)) {
      const batch: Suggestion[] = [];
      const wanted = Math.max(count - suggestions.length, Math.min(inVain, 1000));
      for (let i = 0; i < wanted; i += 1, at += 1) {
        const suggestion = draw(at);
        const key = contentKey(suggestion.params, 0);
        if (keys.has(key)) continue;
        keys.add(key);
        batch.push(suggestion);
      }
      const taken = await known(batch);
      const fresh = batch.filter((suggestion) => !taken.has(suggestion));
      inVain = fresh.length === 0 ? inVain + wanted : 0;
      suggestions.push(...fresh.slice(0, count - suggestions.length));
      if (suggestions.length === count) at = suggestions.at(-1)?.position ?? at;
      if (keys.size >= space.cardinality) break;
    }
    return { suggestions, position: at, isExhausted: suggestions.length < count };
  };
}

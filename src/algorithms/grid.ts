import type { Suggestion } from "../model/suggestion.ts";
import type { Space } from "../space/space.ts";
import type { Algorithm } from "./algorithm.ts";

/** The trial at a place of the grid, as a suggestion after which the algorithm stands at `position`. */
export function suggestionAt(space: Space, number: number, position: number): Suggestion {
  return { params: space.at(number), occurrence: space.occurrenceAt(number), number, position };
}

/** Every trial of an enumerable space, in its order. Its position is the place in the grid. */
export function createGrid(space: Space): Algorithm {
  return {
    name: "grid",
    suggest({ position, count }) {
      const end = Math.min(space.size, position + count);
      const suggestions: Suggestion[] = [];
      for (let number = position; number < end; number += 1) {
        suggestions.push(suggestionAt(space, number, number + 1));
      }
      return Promise.resolve({ suggestions, position: end, isExhausted: end === space.size });
    },
  };
}

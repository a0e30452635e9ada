import { distance } from "fastest-levenshtein";

/**
 * The candidate that `word` is probably a typing slip of, or undefined when none is near: at most a third of
 * the letters may differ. Letters in another order and the mere beginning of a candidate are near too; the word
 * itself is no help.
 */
function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestSlips = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    if (candidate === word) continue;
    const slips = slipsBetween(word.toLowerCase(), candidate.toLowerCase());
    if (slips < bestSlips) [best, bestSlips] = [candidate, slips];
  }
  return best;
}

function slipsBetween(word: string, candidate: string): number {
  const isBeginning = word.length >= 3 && candidate.startsWith(word);
  return isBeginning || sorted(word) === sorted(candidate) ? 1 : distance(word, candidate);
}

function sorted(word: string): string {
  return word.split("").sort().join("");
}

/** The end of an error line that names the nearest candidate, or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const candidate = nearest(word, candidates);
  return candidate === undefined ? "" : suggestionOf(candidate);
}

/** The end of an error line that names what was probably meant. */
export function suggestionOf(candidate: string): string {
  return `; did you mean "${candidate}"?`;
}

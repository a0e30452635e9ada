import { AssayError } from "../errors/assay-error.ts";
import { parseDuration } from "../util/duration.ts";
import { didYouMean } from "../util/nearest.ts";

/** Makes a value of an option's text; throws `USAGE` when it is none. `flag` is how messages name the option. */
export type OptionReader<Value> = (text: string, flag: string) => Value;

export const readText: OptionReader<string> = (text) => text;

/** A whole number of at least `min`. */
export function readWhole(min: number): OptionReader<number> {
  return (text, flag) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= min) return value;
    throw refused(flag, `a whole number from ${String(min)} on`, text);
  };
}

/** Milliseconds. */
export const readDuration: OptionReader<number> = (text, flag) => {
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0) return ms;
  throw refused(flag, "a duration such as 500ms, 30s, 5m or 1h", text);
};

/** One of some words. */
export function readOneOf<const Word extends string>(words: readonly Word[]): OptionReader<Word> {
  return (text, flag) => {
    const word = words.find((candidate) => candidate === text);
    if (word !== undefined) return word;
    throw refused(flag, `one of ${words.join(", ")}`, text, didYouMean(text, words));
  };
}

function refused(flag: string, accepted: string, text: string, nearest = ""): AssayError {
  return new AssayError("USAGE", `${flag} takes ${accepted}, not "${text}"${nearest}`, {
    details: { option: flag, value: text },
  });
}

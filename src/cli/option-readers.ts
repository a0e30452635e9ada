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

/** A size in MB. */
export const readMegabytes: OptionReader<number> = (text, flag) => {
  const match = /^(\d+(?:\.\d+)?)\s*(MB|M|GB|G)?$/i.exec(text);
  const size = Number(match?.[1] ?? NaN) * (/^G/i.test(match?.[2] ?? "") ? 1024 : 1);
  if (size >= 1) return Math.ceil(size);
  throw refused(flag, "a size such as 500MB or 2GB", text);
};

/** One number for all causes, or `cause=number` pairs with commas between them. */
export const readRetries: OptionReader<number | Readonly<Record<string, number>>> = (
  text,
  flag,
) => {
  const whole = readWhole(0);
  if (!text.includes("=")) return whole(text, flag);
  const pairs = text.split(",").map((pair) => {
    const [cause = "", count = ""] = pair.split("=");
    return [cause.trim(), whole(count.trim(), `${flag} ${cause.trim()}`)] as const;
  });
  return Object.fromEntries(pairs);
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

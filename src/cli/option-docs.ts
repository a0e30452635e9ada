import type { OptionReader } from "./option-readers.ts";

/** How an option is written and what it does. */
export interface OptionDoc {
  /** `--max-trials N`; `--no-wait` sets `wait` to false. */
  readonly flag: string;
  /** What it does, in a line. */
  readonly says: string;
  /** How its text is read. Absent where it takes none. */
  readonly read?: OptionReader<unknown>;
}

/**
 * The documentation of every option of a verb: one that is not documented is a compile error, and so is one
 * that takes a value and does not say how it is read.
 */
export type OptionDocs<Flags> = {
  readonly [Name in keyof Flags]-?: OptionDoc & Reads<Exclude<Flags[Name], undefined>>;
};

type Reads<Value> = [Value] extends [boolean]
  ? { readonly read?: never }
  : { readonly read: OptionReader<Value> };

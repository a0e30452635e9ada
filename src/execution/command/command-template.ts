import { toDisplay } from "../../values/display.ts";
import { getPath } from "../../values/path.ts";

/** What a word is made of: text, and the fields that each trial fills in. */
export type WordPart = string | { readonly field: string };

/** A command whose words change with the trial. */
export interface CommandTemplate {
  /** The program to start, the same in every trial. */
  readonly program: string;
  readonly words: readonly (readonly WordPart[])[];
}

/** What a trial fills in of itself and its experiment. */
export const trialFields = [
  "experiment.name",
  "experiment.version",
  "trial.id",
  "trial.number",
  "trial.attempt",
  "trial.seed",
  "trial.directory",
] as const;

/** What a command with a configuration file finds besides: where the trial's copy of it is. */
export const templateField = "trial.template";

export type TrialField = (typeof trialFields)[number];

/** The values of fields: of those of `trialFields`, and of `params.NAME`. Undefined where there is none. */
export type FieldValues = (field: string) => unknown;

/**
 * The words of a command for one trial, the program's arguments. A field without a value stays as it is
 * written in the template.
 */
export function fillWords({ words }: CommandTemplate, values: FieldValues): string[] {
  const shown = (part: WordPart): string => {
    if (typeof part === "string") return part;
    const value = values(part.field);
    return value === undefined ? `{${part.field}}` : valueWord(value);
  };
  return words.map((parts) => parts.map(shown).join(""));
}

/** The values of the fields `params.NAME`. */
export function paramFields(params: Readonly<Record<string, unknown>>): FieldValues {
  return (field) =>
    field.startsWith("params.") ? getPath(params, field.slice("params.".length)) : undefined;
}

/**
 * A value as a program reads it in its arguments: a string as it is, a number with as few digits as bring it
 * back, a date in ISO 8601, and all else as JSON.
 */
export function valueWord(value: unknown): string {
  const display = toDisplay(value);
  return typeof display === "string" ? display : JSON.stringify(display);
}

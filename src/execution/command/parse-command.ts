import { AssayError } from "../../errors/assay-error.ts";
import { createSpace } from "../../space/create-space.ts";
import type { SpaceInput } from "../../space/params-of.ts";
import { isPriorText, parsePrior } from "../../space/prior/parse-prior.ts";
import { didYouMean } from "../../util/nearest.ts";
import { nestDimensions } from "./nest-dimensions.ts";
import {
  templateField,
  trialFields,
  type CommandTemplate,
  type WordPart,
} from "./command-template.ts";
import { parseFile, type FileMark, type FileTemplate, type TemplateFile } from "./file-template.ts";

/** A command and the parameters that its words mark. */
export interface ParsedCommand {
  readonly template: CommandTemplate;
  readonly space: SpaceInput;
  /** Its configuration file, if it has one. */
  readonly file: FileTemplate | undefined;
}

/** `--lr~PRIOR`, `--lr=~PRIOR`, `lr=~PRIOR`, `lr~PRIOR`. */
const marked = /^(?<dashes>-{0,2})(?<name>[^\s=~-][^\s=~]*)(?<sign>=?)~(?<prior>.*)$/su;
const placeholder = /\{((?:experiment|trial|params)\.[^\s{}]*)\}/gu;

/** A word that marks a parameter. */
interface Mark extends FileMark {
  /** What stands before the value: a word of its own, or the beginning of the value's word. */
  readonly flag: string | undefined;
  readonly prefix: string;
}

/**
 * Reads the words of a command and its configuration file: which of them mark parameters, and which words hold
 * fields such as `{trial.id}`.
 * Priors are parsed, never evaluated; the first word, the program, is taken as it is.
 * `INVALID_SPACE` for a parameter that is not well defined, `USAGE` for one that is marked twice, for an
 * unknown field and for no command at all.
 *
 * @example
 * parseCommand(["python", "train.py", "--lr~loguniform(1e-5, 1)", "--out={trial.directory}"])
 */
export function parseCommand(
  command: readonly string[],
  templateFile?: TemplateFile,
): ParsedCommand {
  const [program, ...words] = command;
  if (program === undefined || program === "") {
    throw new AssayError("USAGE", "The command is empty; it begins with the program to run");
  }
  const marks = words.map(readMark);
  const file = templateFile === undefined ? undefined : parseFile(templateFile);
  const space = spaceOf([...marks.filter((mark) => mark !== undefined), ...(file?.marks ?? [])]);
  const names = createSpace(space).dimensions.map(({ name }) => `params.${name}`);
  const fields = [...trialFields, ...(file === undefined ? [] : [templateField]), ...names];
  return {
    template: {
      program,
      words: words.flatMap((word, i) => wordsOf(marks[i], word, fields)),
    },
    space,
    file: file?.template,
  };
}

/** What a word marks; undefined for one that is only a word. */
function readMark(word: string): Mark | undefined {
  const { dashes = "", name = "", sign = "", prior = "" } = marked.exec(word)?.groups ?? {};
  if (name === "") return undefined;
  const isOption = dashes !== "";
  // Of a home folder, of `HEAD~1` and the like, a "~" is only a character.
  if (sign === "=" && /^(?:$|\/)/.test(prior)) return undefined;
  if (!isOption && !isPriorText(prior)) return undefined;
  if (!isOption && sign === "" && name === "orion") {
    throw new AssayError("USAGE", `"${word}" lacks the parameter's name; write --NAME~PRIOR`, {
      details: { word },
    });
  }
  const start = dashes + name;
  return {
    word,
    name,
    prior,
    flag: isOption && sign === "" ? start : undefined,
    prefix: sign === "=" ? `${start}=` : "",
  };
}

function spaceOf(marks: readonly FileMark[]): SpaceInput {
  const words = new Map<string, string>();
  for (const { name, word } of marks) {
    const other = words.get(name);
    if (other !== undefined) {
      throw new AssayError(
        "USAGE",
        `The parameter "${name}" is marked twice: "${other}" and "${word}"`,
        { details: { parameter: name } },
      );
    }
    words.set(name, word);
  }
  return nestDimensions(marks.map(({ name, prior }) => [name, parsePrior(prior, name)]));
}

function wordsOf(
  mark: Mark | undefined,
  word: string,
  fields: readonly string[],
): readonly (readonly WordPart[])[] {
  if (mark === undefined) return [readWord(word, fields)];
  const value: readonly WordPart[] = [mark.prefix, { field: `params.${mark.name}` }];
  return mark.flag === undefined ? [value] : [[mark.flag], value];
}

/** The texts and fields of a word. Braces around anything else are text. */
function readWord(word: string, fields: readonly string[]): readonly WordPart[] {
  return word.split(placeholder).map((part, i) => {
    if (i % 2 === 0) return part;
    if (fields.includes(part)) return { field: part };
    const nearest = didYouMean(part, fields);
    throw new AssayError(
      "USAGE",
      `Unknown field {${part}} in "${word}"${nearest || listed(fields)}`,
      {
        details: { field: part, accepted: fields },
      },
    );
  });
}

function listed(fields: readonly string[]): string {
  return ` (one of ${fields.map((field) => `{${field}}`).join(", ")})`;
}

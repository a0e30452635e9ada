import { AssayError } from "../../errors/assay-error.ts";
import { toDisplay } from "../../values/display.ts";
import { valueWord, type FieldValues, type WordPart } from "./command-template.ts";

/** A text file that a command reads, with parameters marked in it. */
export interface TemplateFile {
  /** Its name, without a folder; the ending tells how values are written. */
  readonly name: string;
  readonly text: string;
}

/** A parameter that is marked in a file. */
export interface FileMark {
  readonly word: string;
  readonly name: string;
  readonly prior: string;
}

/** A file whose text changes with the trial. */
export interface FileTemplate {
  readonly name: string;
  readonly parts: readonly WordPart[];
}

/** The beginning of `NAME~WORD(`, behind a quote or not. */
const markStart =
  /(?<quote>["']?)(?<name>[\p{L}_][\p{L}\p{N}_.-]*)~(?=\s*\+?\s*[\p{L}_][\p{L}\p{N}_.]*\()/gu;

/**
 * Finds the marks `NAME~PRIOR` in a file, in quotes or not. `INVALID_SPACE` for one without an end, `USAGE` for
 * one without a name of its own.
 */
export function parseFile({ name: file, text }: TemplateFile): {
  readonly template: FileTemplate;
  readonly marks: readonly FileMark[];
} {
  const parts: WordPart[] = [];
  const marks: FileMark[] = [];
  let from = 0;
  for (const match of text.matchAll(markStart)) {
    if (match.index < from) continue;
    const { quote = "", name = "" } = match.groups ?? {};
    const priorAt = match.index + match[0].length;
    const end = endOfCall(text, priorAt);
    const place = `${file}:${String(text.slice(0, match.index).split("\n").length)}`;
    if (end === undefined) {
      throw new AssayError(
        "INVALID_SPACE",
        `${place}: the prior of "${name}" has no ")" at its end`,
        {
          details: { parameter: name },
        },
      );
    }
    const word = text.slice(match.index + quote.length, end);
    if (name === "orion") {
      throw new AssayError(
        "USAGE",
        `${place}: "${word}" lacks the parameter's name; write NAME~PRIOR`,
        {
          details: { word },
        },
      );
    }
    // As JSON a value brings its own quotes.
    const isQuoted = isJsonLike(file) && quote !== "" && text[end] === quote;
    const outer = isQuoted ? quote.length : 0;
    parts.push(text.slice(from, match.index + quote.length - outer), { field: `params.${name}` });
    marks.push({ word, name, prior: text.slice(priorAt, end) });
    from = end + outer;
  }
  return { template: { name: file, parts: [...parts, text.slice(from)] }, marks };
}

/** The text of a file for one trial: in JSON and YAML values are written as JSON, in others as in arguments. */
export function fillFile({ name, parts }: FileTemplate, values: FieldValues): string {
  const shown = isJsonLike(name)
    ? (value: unknown): string => JSON.stringify(toDisplay(value))
    : valueWord;
  return parts
    .map((part) => (typeof part === "string" ? part : shown(values(part.field))))
    .join("");
}

function isJsonLike(name: string): boolean {
  return /\.(?:json|ya?ml)$/i.test(name);
}

/** Where the call ends that begins at a place; undefined when its line or the text ends before. */
function endOfCall(text: string, start: number): number | undefined {
  let depth = 0;
  let quote = "";
  for (let place = start; place < text.length; place += 1) {
    const character = text[place] ?? "";
    if (character === "\n") return undefined;
    if (quote !== "") {
      if (character === quote) quote = "";
    } else if (character === '"' || character === "'") quote = character;
    else if ("([{".includes(character)) depth += 1;
    else if (")]}".includes(character)) {
      depth -= 1;
      if (depth === 0) return place + 1;
    }
  }
  return undefined;
}

import { AssayError } from "../errors/assay-error.ts";
import { didYouMean } from "../util/nearest.ts";
import { verbs, type VerbEntry, type VerbGroup } from "./verbs.ts";

/** A command line without a verb, or with the name of a group alone. */
export type VerblessLine =
  | {
      readonly kind: "group";
      readonly name: string;
      readonly group: VerbGroup;
      readonly rest: readonly string[];
    }
  | { readonly kind: "none"; readonly rest: readonly string[] };

/** What a command line names; `rest` is what is left of it without the names. */
export type FoundVerb =
  | VerblessLine
  | {
      readonly kind: "verb";
      /** `status`, or `db verify`. */
      readonly name: string;
      readonly entry: VerbEntry;
      readonly rest: readonly string[];
    }
  /** `help`, and what it is asked about. */
  | { readonly kind: "help"; readonly rest: readonly string[] };

/** Finds the verb of a command line. `USAGE` for one that does not exist, with the nearest. */
export function findVerb(argv: readonly string[]): FoundVerb {
  const first = takeWord(argv);
  if (first === undefined) return { kind: "none", rest: argv };
  if (first.word === "help") return { kind: "help", rest: first.rest };
  const found = lookUp(verbs, first.word, "");
  if (!("verbs" in found)) {
    return { kind: "verb", name: first.word, entry: found, rest: first.rest };
  }
  const second = takeWord(first.rest);
  if (second === undefined) {
    return { kind: "group", name: first.word, group: found, rest: first.rest };
  }
  const entry = lookUp(found.verbs, second.word, `${first.word} `);
  return { kind: "verb", name: `${first.word} ${second.word}`, entry, rest: second.rest };
}

/** The first argument that is no option of every verb, nor the value of one; and the others. */
function takeWord(
  argv: readonly string[],
): { readonly word: string; readonly rest: readonly string[] } | undefined {
  for (let i = 0; i < argv.length; i += 1) {
    const word = argv[i] ?? "";
    if (word === "--storage") i += 1;
    else if (!word.startsWith("-")) return { word, rest: argv.toSpliced(i, 1) };
  }
  return undefined;
}

function lookUp<Entry>(
  entries: Readonly<Record<string, Entry>>,
  word: string,
  group: string,
): Entry {
  const entry = Object.hasOwn(entries, word) ? entries[word] : undefined;
  if (entry !== undefined) return entry;
  const names = Object.keys(entries);
  throw new AssayError(
    "USAGE",
    `Unknown verb "${group}${word}"${didYouMean(word, names)} (${names.join(", ")})`,
    { details: { value: `${group}${word}`, accepted: names } },
  );
}

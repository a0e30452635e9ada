import { globalOptions } from "./global-flags.ts";
import { usagesOf, verbs, type VerbEntry, type VerbGroup } from "./verbs.ts";

/** What `assay --help` prints. */
export function mainHelp(): string {
  const lines = Object.entries(verbs).flatMap(([name, entry]) =>
    "verbs" in entry
      ? [[`${name} ${Object.keys(entry.verbs).join("|")}`, entry.says] as const]
      : usages(name, entry),
  );
  return `Assay runs experiments and keeps what they found.

Usage: assay VERB [arguments] [options]

Verbs:
${columns(lines)}

${options(["--version", "print the version of Assay"])}

Examples:
${columns([
  ["assay init sweep.ts", "begin with a file that runs"],
  ["assay run sweep.ts", "run it; again: only what is missing"],
  ["assay trials sweep --sort loss --limit 10", "look at what it found"],
])}
`;
}

/** What `assay db --help` prints. */
export function groupHelp(name: string, { says, verbs: members, examples }: VerbGroup): string {
  const lines = Object.entries(members).flatMap(([verb, entry]) =>
    usages(`${name} ${verb}`, entry),
  );
  return `Usage: assay ${name} VERB [arguments] [options]

${says.charAt(0).toUpperCase()}${says.slice(1)}.

Verbs:
${columns(lines)}

${options()}

Examples:
${columns(examples)}
`;
}

function usages(name: string, entry: VerbEntry): (readonly [string, string])[] {
  return usagesOf(entry).map(([args, says]) => [`${name} ${args}`.trim(), says]);
}

function options(...more: readonly (readonly [string, string])[]): string {
  return `Options:
${columns([
  ...Object.values(globalOptions).map(({ flag, says }) => [flag, says] as const),
  ...more,
  ["-h, --help", "show help; behind a verb, that verb's"],
])}`;
}

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([first]) => first.length));
  return rows.map(([first, second]) => `  ${first.padEnd(width)}  ${second}`).join("\n");
}

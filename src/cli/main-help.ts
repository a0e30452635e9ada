import { globalOptions } from "./global-flags.ts";
import { usagesOf, verbs } from "./verbs.ts";

/** What `assay --help` prints. */
export function mainHelp(): string {
  const lines = Object.entries(verbs).flatMap(([name, entry]) =>
    usagesOf(entry).map(([args, says]): [string, string] => [`${name} ${args}`.trim(), says]),
  );
  const options = [
    ...Object.values(globalOptions).map(({ flag, says }): [string, string] => [flag, says]),
    ["--version", "print the version of Assay"],
    ["-h, --help", "show help; behind a verb, that verb's"],
  ] as const;
  return `Assay runs experiments and keeps what they found.

Usage: assay VERB [arguments] [options]

Verbs:
${columns(lines)}

Options:
${columns(options)}

Examples:
${columns([
  ["assay init sweep.ts", "begin with a file that runs"],
  ["assay run sweep.ts", "run it; again: only what is missing"],
  ["assay trials sweep --sort loss --limit 10", "look at what it found"],
])}
`;
}

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([first]) => first.length));
  return rows.map(([first, second]) => `  ${first.padEnd(width)}  ${second}`).join("\n");
}

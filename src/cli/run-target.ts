import { AssayError } from "../errors/assay-error.ts";
import { defineCommand, type CommandExperiment } from "../execution/command/define-command.ts";
import { readTemplate } from "./read-template.ts";
import type { RunFlags } from "./run-flags.ts";
import type { Invocation } from "./verb.ts";

/** What a command line asks to run. */
export interface RunTarget {
  /** The path of a file, or the experiment of a command. */
  readonly experiment: string | CommandExperiment;
  /** The texts `name=value`. */
  readonly narrow: readonly string[];
  /** The arguments that name the same target again, those before options and those behind them. */
  readonly again: { readonly first: readonly string[]; readonly last: readonly string[] };
}

const usage = "assay run FILE, or assay run --name NAME -- COMMAND …";

/** Tells a file from a command. `USAGE` when there are both or neither, or options of the other kind. */
export function readTarget({ args, command, flags }: Invocation<RunFlags>): RunTarget {
  const [file] = args;
  if (command === undefined) {
    refuseAll(
      flags,
      ["name", "minimize", "maximize", "template"],
      "belongs to a command, and none is given",
    );
    if (file === undefined) throw wrong(`A file or a command is missing: ${usage}`);
    return { experiment: file, narrow: args.slice(1), again: { first: [file], last: [] } };
  }
  const other = args.find((argument) => !argument.includes("="));
  if (other !== undefined) {
    throw wrong(`Either a file or a command is run, not "${other}" and a command: ${usage}`);
  }
  refuseAll(flags, ["export"], "belongs to a file, not to a command");
  const { name, minimize, maximize } = flags;
  if (name === undefined) throw wrong("A command needs the name of its experiment: --name NAME");
  if (command.length === 0) throw wrong('The command is missing: it stands behind "--"');
  if (minimize !== undefined && maximize !== undefined) {
    throw wrong("Either --minimize or --maximize can be given, not both");
  }
  const objective =
    minimize === undefined ? (maximize === undefined ? undefined : { maximize }) : { minimize };
  const template = flags.template === undefined ? undefined : readTemplate(flags.template);
  return {
    experiment: defineCommand({
      ...{ name, command },
      ...(objective === undefined ? {} : { objective }),
      ...(template === undefined ? {} : { template }),
    }),
    narrow: args,
    again: {
      first: [
        "--name",
        name,
        ...Object.entries(objective ?? {}).flatMap(([to, of]) => [`--${to}`, of]),
        ...(flags.template === undefined ? [] : ["--template", flags.template]),
      ],
      last: ["--", ...command],
    },
  };
}

function refuseAll(flags: RunFlags, names: readonly (keyof RunFlags)[], why: string): void {
  for (const name of names)
    if (flags[name] !== undefined) throw wrong(`--${name} ${why}: ${usage}`);
}

function wrong(message: string): AssayError {
  return new AssayError("USAGE", message);
}

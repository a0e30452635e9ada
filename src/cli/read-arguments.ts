import { Command, CommanderError, Option } from "commander";
import { AssayError } from "../errors/assay-error.ts";
import { didYouMean } from "../util/nearest.ts";
import { globalOptions, type GlobalFlags } from "./global-flags.ts";
import type { OptionDoc } from "./option-docs.ts";
import type { AnyVerb } from "./verb.ts";
import { usagesOf, type VerbEntry } from "./verbs.ts";

/** A command line that was read; or the text of `--help`, which was asked for. */
export type ReadArguments =
  | { readonly kind: "help"; readonly text: string }
  | {
      readonly kind: "call";
      readonly args: readonly string[];
      /** What stands behind `--`, where the verb takes a command. */
      readonly command: readonly string[] | undefined;
      readonly flags: Readonly<Record<string, unknown>>;
      readonly globals: GlobalFlags;
    };

/** Reads the command line of a verb, without its name. `USAGE` names what is wrong, and the nearest option. */
export function readArguments(
  name: string,
  entry: VerbEntry,
  verb: AnyVerb,
  argv: readonly string[],
): ReadArguments {
  const end = entry.command === undefined ? -1 : argv.indexOf("--");
  const own = end < 0 ? argv : argv.slice(0, end);
  let help = "";
  const command = createCommand(name, entry, verb).configureOutput({
    writeOut: (text) => {
      help += text;
    },
    outputError: () => undefined,
  });
  try {
    command.parse(own, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === "commander.helpDisplayed") return { kind: "help", text: help };
    throw toUsageError(error, command, `assay ${name}`);
  }
  const values = command.opts<Record<string, unknown>>();
  const empty = command.registeredArguments.find(
    ({ required }, i) => required && command.args[i] === "",
  );
  if (empty !== undefined) {
    const usage = `assay ${name} ${command.usage()}`;
    throw new AssayError("USAGE", `${empty.name()} is empty: ${usage}`);
  }
  return {
    kind: "call",
    args: command.args,
    command: end < 0 ? undefined : argv.slice(end + 1),
    flags: readOptions(verb.options, values),
    globals: readOptions(globalOptions, values),
  };
}

function createCommand(name: string, entry: VerbEntry, verb: AnyVerb): Command {
  const { args, says } = entry;
  const usages = usagesOf(entry).map(([shown]) => withOptions(shown));
  const command = new Command(`assay ${name}`)
    .description(`${says.charAt(0).toUpperCase()}${says.slice(1)}.`)
    .usage(usages.join(`\n       assay ${name} `))
    .helpOption("-h, --help", "show this help")
    .exitOverride();
  // With a command there need be no argument; the verb says what it lacks then.
  const needed = entry.command === undefined ? args : args.replace(/<(\w+)>/, "[$1]");
  if (args !== "") command.arguments(needed);
  if (Object.keys(verb.options).length > 0) {
    command.optionsGroup("Options:");
    addOptions(command, verb.options);
  }
  command.optionsGroup("Options of every verb:");
  addOptions(command, globalOptions);
  const width = Math.max(...verb.examples.map(([example]) => example.length));
  const examples = verb.examples.map(
    ([example, explained]) => `  ${example.padEnd(width)}  ${explained}`,
  );
  return command.addHelpText("after", `\nExamples:\n${examples.join("\n")}`);
}

/** Arguments with the place of options: behind them, and before a command. */
function withOptions(args: string): string {
  const [own = "", command] = args.split(" -- ");
  return `${own} [options]${command === undefined ? "" : ` -- ${command}`}`.trim();
}

function addOptions(command: Command, docs: Readonly<Record<string, OptionDoc>>): void {
  for (const [name, { flag, says }] of Object.entries(docs)) {
    const [long, value] = flag.split(" ");
    const option =
      value === undefined
        ? new Option(flag, says)
        : new ValueOption(`${long ?? ""} <${value}>`, says);
    if (option.attributeName() !== name) throw new TypeError(`${flag} does not set ${name}`);
    command.addOption(option);
  }
}

/** An option that takes a value, whose name may begin with "no": commander would take it for a negation. */
class ValueOption extends Option {
  override negate: boolean = false;

  override attributeName(): string {
    const words = (this.long ?? "").replace(/^--/, "").split("-");
    return words.map((word, i) => (i === 0 ? word : capitalized(word))).join("");
  }
}

function capitalized(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}

/** The values of the options that were given, each as its documentation reads it. */
function readOptions<Flags>(
  docs: Readonly<Record<string, OptionDoc>>,
  values: Readonly<Record<string, unknown>>,
): Flags {
  const read = Object.entries(docs).flatMap(([name, doc]): [string, unknown][] => {
    const value = values[name];
    if (value === undefined) return [];
    if (doc.read === undefined || typeof value !== "string") return [[name, value]];
    return [[name, doc.read(value, doc.flag.split(" ")[0] ?? doc.flag)]];
  });
  // The documentation has an entry for every flag, of the flag's type.
  return Object.fromEntries(read) as Flags;
}

function toUsageError(error: CommanderError, command: Command, name: string): AssayError {
  const [subject = ""] = /'(.*?)'/.exec(error.message)?.slice(1) ?? [];
  const usage = `${name} ${command.usage()}`;
  switch (error.code) {
    case "commander.unknownOption": {
      const flags = command.options.map(({ long }) => long ?? "");
      const option = subject.split("=")[0] ?? subject;
      if (flags.includes(option)) return new AssayError("USAGE", `${option} takes no value`);
      const advice = didYouMean(option, flags) || `; see ${name} --help`;
      return new AssayError("USAGE", `Unknown option "${option}" of ${name}${advice}`, {
        details: { option, accepted: flags },
      });
    }
    case "commander.missingArgument":
      return new AssayError("USAGE", `${subject} is missing: ${usage}`);
    case "commander.optionMissingArgument":
      return new AssayError("USAGE", `${subject.replace(/[<>]/g, "")} lacks its value`);
    case "commander.excessArguments":
      return new AssayError("USAGE", `Too many arguments: ${usage}`);
    default: {
      const text = error.message.replace(/^error: /, "");
      return new AssayError("USAGE", capitalized(text));
    }
  }
}

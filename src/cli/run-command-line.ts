import { AssayError } from "../errors/assay-error.ts";
import { exitCodes, type ExitCode } from "./exit-codes.ts";
import { findVerb, type VerblessLine } from "./find-verb.ts";
import { describeError, exitCodeOf } from "./report-error.ts";
import { processTerminal } from "./terminal.ts";

/** Runs the verb of a command line and ends the process with its exit code. */
export async function runCommandLine(argv: readonly string[]): Promise<void> {
  // Whoever reads our output may have seen enough, as `head` has.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(exitCodes.done);
    throw error;
  });
  let exitCode: ExitCode;
  try {
    exitCode = await runVerb(argv);
  } catch (error) {
    const own = argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv;
    const format = { json: own.includes("--json"), verbose: own.includes("--verbose") };
    process.stderr.write(describeError(error, format));
    exitCode = exitCodeOf(error);
  }
  // A program that ran inline may leave timers and sockets behind, which would keep the process.
  process.stdout.write("", () => process.exit(exitCode));
}

async function runVerb(argv: readonly string[]): Promise<ExitCode> {
  const found = findVerb(argv);
  if (found.kind === "help") return await runVerb([...found.rest, "--help"]);
  if (found.kind !== "verb") return await showHelp(found);
  const { name, entry } = found;
  const [{ verb }, { readArguments }] = await Promise.all([
    entry.load(),
    import("./read-arguments.ts"),
  ]);
  const read = readArguments(name, entry, verb, found.rest);
  if (read.kind === "help") {
    process.stdout.write(read.text);
    return exitCodes.done;
  }
  const { args, command, flags, globals } = read;
  const terminal = processTerminal({ quiet: globals.quiet === true });
  // The flags were read by the documentation of this very verb.
  const invocation = { args, command, flags: flags as never, globals, terminal, argv };
  return (await verb.run(invocation)) ?? exitCodes.done;
}

/** The help of a command line without a verb: it was asked for, or the line is wrong usage. */
async function showHelp(found: VerblessLine): Promise<ExitCode> {
  const { groupHelp, mainHelp } = await import("./main-help.ts");
  const text = found.kind === "group" ? groupHelp(found.name, found.group) : mainHelp();
  if (found.rest.some((word) => word === "--help" || word === "-h")) {
    process.stdout.write(text);
    return exitCodes.done;
  }
  const [unknown] = found.rest;
  if (unknown !== undefined) {
    const name = found.kind === "group" ? `assay ${found.name}` : "assay";
    throw new AssayError("USAGE", `No verb is given beside ${unknown}; see ${name} --help`);
  }
  process.stderr.write(text);
  return exitCodes.usage;
}

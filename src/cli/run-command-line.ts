import { AssayError } from "../errors/assay-error.ts";
import { didYouMean } from "../util/nearest.ts";
import { exitCodes, type ExitCode } from "./exit-codes.ts";
import { describeError, exitCodeOf } from "./report-error.ts";
import { processTerminal } from "./terminal.ts";
import { verbs } from "./verbs.ts";

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
  const place = verbPlace(argv);
  const name = argv[place];
  if (name === undefined || name === "help") return await help(argv, place);
  const entry = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (entry === undefined) throw unknownVerb(name);
  const [{ verb }, { readArguments }] = await Promise.all([
    entry.load(),
    import("./read-arguments.ts"),
  ]);
  const read = readArguments(name, entry, verb, argv.toSpliced(place, 1));
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

/** Where the verb is: the first argument that is no option of every verb, nor the value of one. */
function verbPlace(argv: readonly string[]): number {
  for (let i = 0; i < argv.length; i += 1) {
    if (argv[i] === "--storage") i += 1;
    else if (!(argv[i] ?? "").startsWith("-")) return i;
  }
  return argv.length;
}

async function help(argv: readonly string[], place: number): Promise<ExitCode> {
  const { mainHelp } = await import("./main-help.ts");
  const asked = argv[place + 1];
  if (argv[place] === "help" && asked !== undefined) return await runVerb([asked, "--help"]);
  const isAsked = argv.some((argument) => argument === "--help" || argument === "-h");
  if (argv[place] === "help" || isAsked) {
    process.stdout.write(mainHelp());
    return exitCodes.done;
  }
  const unknown = argv.find((argument) => argument.startsWith("-"));
  if (unknown !== undefined) {
    throw new AssayError("USAGE", `No verb is given beside ${unknown}; see assay --help`);
  }
  process.stderr.write(mainHelp());
  return exitCodes.usage;
}

function unknownVerb(name: string): AssayError {
  const names = Object.keys(verbs);
  return new AssayError(
    "USAGE",
    `Unknown verb "${name}"${didYouMean(name, names)} (${names.join(", ")})`,
    { details: { value: name, accepted: names } },
  );
}

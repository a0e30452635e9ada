import type { ExitCode } from "./exit-codes.ts";
import type { GlobalFlags } from "./global-flags.ts";
import type { OptionDoc, OptionDocs } from "./option-docs.ts";
import type { Terminal } from "./terminal.ts";

/** The options of a verb that has none of its own. */
export type NoFlags = Readonly<Record<string, never>>;

/** One call of a verb. */
export interface Invocation<Flags = unknown> {
  /** The arguments that are no options; required ones are there. */
  readonly args: readonly string[];
  /** The words behind `--`; undefined without it, and for verbs that take no command. */
  readonly command: readonly string[] | undefined;
  readonly flags: Flags;
  readonly globals: GlobalFlags;
  readonly terminal: Terminal;
  /** The whole command line behind the program's name. */
  readonly argv: readonly string[];
}

/** What a verb does, and how it is documented. */
export interface Verb<Flags> {
  readonly options: OptionDocs<Flags>;
  /** Command lines that work, and what each does. */
  readonly examples: readonly (readonly [command: string, says: string])[];
  /** Nothing returned is exit code 0. */
  readonly run: (invocation: Invocation<Flags>) => Promise<ExitCode | undefined>;
}

/** Any verb, to one who passes it what its own documentation read. */
export interface AnyVerb {
  readonly options: Readonly<Record<string, OptionDoc>>;
  readonly examples: Verb<unknown>["examples"];
  readonly run: (invocation: Invocation<never>) => Promise<ExitCode | undefined>;
}

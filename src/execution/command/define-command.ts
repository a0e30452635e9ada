import { AssayError } from "../../errors/assay-error.ts";
import { showValue } from "../../space/show-value.ts";
import { isPlainObject } from "../../values/plain.ts";
import type { SpaceInput } from "../../space/params-of.ts";
import {
  defineExperiment,
  type DefinedExperiment,
  type ExperimentDefinition,
} from "../define-experiment.ts";
import type { TemplateFile } from "./file-template.ts";
import { parseCommand } from "./parse-command.ts";

/** An experiment whose trials are runs of a command, as plain data. */
export interface CommandProgram extends Pick<
  ExperimentDefinition,
  "name" | "objective" | "algorithm" | "maxTrials" | "seed"
> {
  /**
   * The program and its arguments, a word each; no shell reads them. `--lr~PRIOR` marks a parameter, and
   * `{trial.directory}` and the like are filled in.
   */
  readonly command: readonly string[];
  /**
   * A configuration file of the command in which `NAME~PRIOR` marks parameters. Each trial gets a copy with its
   * values, whose path is `{trial.template}` and `ASSAY_TEMPLATE_PATH`.
   */
  readonly template?: TemplateFile;
}

/** The version of every experiment, as long as storage makes no other. */
const firstVersion = 1;

const brand: unique symbol = Symbol.for("assay.command");

/** An experiment that runs a command. */
export interface CommandExperiment extends DefinedExperiment<
  SpaceInput,
  undefined,
  object | number
> {
  readonly [brand]: CommandProgram;
}

/**
 * Declares an experiment whose trials are runs of a program in any language. It gets its trial by its
 * arguments and by environment variables, and writes its results as JSON; docs/guides/commands.md says how.
 * Checks the whole definition: `INVALID_SPACE`, `INVALID_VALUE` or `USAGE` with one line that says what is
 * wrong; that the program exists is checked when it is executed.
 *
 * @example
 * const tune = defineCommand({
 *   name: "tune",
 *   command: ["python3", "train.py", "--lr~loguniform(1e-5, 1)"],
 *   objective: { minimize: "loss" },
 * });
 * await execute(tune, { maxTrials: 20 });
 */
export function defineCommand(program: CommandProgram): CommandExperiment {
  const { command, template: templateFile, ...definition } = program;
  if (!Array.isArray(command) || !command.every((word) => typeof word === "string")) {
    throw new AssayError(
      "INVALID_VALUE",
      `A command is a list of words such as ["python3", "train.py"], got ${showValue(command)}`,
    );
  }
  checkTemplate(templateFile);
  const { template, space, file } = parseCommand(command, templateFile);
  const experiment = defineExperiment({
    ...definition,
    space,
    run: async (_params, trial) => {
      // Whoever imports Assay loads this module; only trials need what starts processes.
      const { runCommand } = await import("./run-command.ts");
      const { name } = program;
      return await runCommand({ template, file }, { name, version: firstVersion }, trial);
    },
  });
  return Object.freeze({ ...experiment, [brand]: program });
}

function checkTemplate(template: unknown): void {
  if (template === undefined) return;
  const { name, text }: Readonly<Record<string, unknown>> = isPlainObject(template) ? template : {};
  if (typeof name === "string" && /^[^/\\]+$/.test(name) && typeof text === "string") return;
  throw new AssayError(
    "INVALID_VALUE",
    `A template is a file's name and text such as { name: "train.yaml", text: "…" }, got ${showValue(template)}`,
  );
}

/** What `defineCommand` was given; undefined for any other experiment. */
export function commandOf(experiment: object): CommandProgram | undefined {
  return brand in experiment ? (experiment as CommandExperiment)[brand] : undefined;
}

import type { Params } from "../../space/params-of.ts";
import { fillWords, paramFields } from "./command-template.ts";
import type { CommandProgram } from "./define-command.ts";
import { parseCommand } from "./parse-command.ts";

/** The words of a command for some parameters. What only a trial knows stays as it is written. */
export function exampleCommand(
  { name, command, template: file }: CommandProgram,
  params: Params,
): string[] {
  const { template } = parseCommand(command, file);
  const ofParams = paramFields(params);
  const words = fillWords(template, (field) =>
    field === "experiment.name" ? name : ofParams(field),
  );
  return [template.program, ...words];
}

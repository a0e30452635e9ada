import type { CodeBundle } from "../../provenance/code/code-bundle.ts";
import { codeHash } from "../../model/identity.ts";
import { assayImports } from "../../provenance/code/placeholders.ts";
import type { CommandProgram } from "./define-command.ts";

/**
 * The code of a command as it is stored: a module that defines the same experiment, so that whoever can run a
 * bundled file can run a command. The files that the command reads are no part of it.
 */
export function commandBundle(program: CommandProgram): CodeBundle {
  const assay = JSON.stringify(assayImports.get("assay"));
  const text = JSON.stringify(program, undefined, 2);
  const source = `import { defineCommand } from ${assay};\nexport default defineCommand(${text});\n`;
  const sourceMap = JSON.stringify({ version: 3, sources: [], names: [], mappings: "" });
  const entry = program.command.join(" ");
  return { hash: codeHash(source, {}), source, sourceMap, entry, packages: {}, inputs: [] };
}

import { mkdir, writeFile } from "node:fs/promises";
import { dirname, extname, parse } from "node:path";
import { AssayError } from "../../errors/assay-error.ts";
import { experimentTemplate } from "../experiment-template.ts";
import { nextCommand } from "../next-command.ts";
import { fromSystemError } from "../report-error.ts";
import type { NoFlags, Verb } from "../verb.ts";

const extensions = [".ts", ".mts", ".js", ".mjs"];
const defaultFile = "experiment.ts";

export const verb: Verb<NoFlags> = {
  options: {},
  examples: [
    ["assay init", `writes ${defaultFile}`],
    ["assay init sweep.ts && assay run sweep.ts", "writes and runs it"],
    ["assay init sweep.mjs", "in JavaScript"],
  ],
  async run({ args: [file = defaultFile], globals, terminal }) {
    if (!extensions.includes(extname(file))) {
      throw new AssayError(
        "USAGE",
        `${file} cannot be an experiment file, by its extension (one of ${extensions.join(", ")})`,
        { details: { file, accepted: extensions } },
      );
    }
    const name = experimentName(file);
    try {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, experimentTemplate(name, file), { flag: "wx" });
    } catch (error) {
      throw isTaken(error)
        ? new AssayError("DUPLICATE", `${file} exists already; it was left as it is`)
        : fromSystemError(error, file);
    }
    if (globals.json === true) await terminal.writeJson({ file, experiment: name });
    else {
      terminal.note(
        `Wrote ${file}. Next:\n  ${nextCommand(globals, "run", file)}\n  ${nextCommand(globals, "trials", name)}`,
      );
    }
    return undefined;
  },
};

function isTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EEXIST";
}

/** The file's name without its extension, as far as it can name an experiment. */
function experimentName(file: string): string {
  const name = parse(file).name.replaceAll(/[^\p{L}\p{N}_.-]+/gu, "-");
  return /^[\p{L}\p{N}_]/u.test(name) ? name : `sweep${name}`;
}

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { AssayError } from "../../../errors/assay-error.ts";
import { parseStorageUrl } from "../../../storage/storage-url.ts";
import { holdsPassword, withoutPassword } from "../../../util/url-password.ts";
import { isPlainObject } from "../../../values/plain.ts";
import { findProjectFile, readJson, userFile } from "../../config-file.ts";
import { exitCodes } from "../../exit-codes.ts";
import { processQuestions, type Questions } from "../../questions.ts";
import { replaceFile } from "../../replace-file.ts";
import { askStorage } from "../../storage-questions.ts";
import type { Invocation, Verb } from "../../verb.ts";

interface SetupFlags {
  readonly global?: boolean;
}

export const verb: Verb<SetupFlags> = {
  options: {
    global: {
      flag: "--global",
      says: "write your own file, for all projects that say nothing, instead of the project's",
    },
  },
  examples: [
    ["assay db setup", "asks, and writes assay.config.json"],
    ["assay db setup --storage sqlite:data/assay.db", "asks nothing, unless another one is there"],
    [
      "assay db setup --storage 'postgres://me:${PGPASSWORD}@db.example.org/assay' --global",
      "a server; the password stays in the environment",
    ],
  ],
  async run({ flags, globals, terminal }) {
    const questions = processQuestions(globals);
    try {
      const file = flags.global === true ? userFile(process.env) : projectFile();
      const before = existsSync(file) ? await readSettings(file) : {};
      const typed = globals.storage ?? (await askStorage(questions));
      const storage = toStored(typed, file, flags.global === true);
      if (!(await mayReplace(questions, file, before["storage"], storage))) {
        terminal.note("Nothing was changed");
        return exitCodes.error;
      }
      const changed = before["storage"] !== storage;
      if (changed) await writeSettings(file, { ...before, storage });
      await tell({ globals, terminal }, { file, storage, changed });
      return exitCodes.done;
    } finally {
      questions.close();
    }
  },
};

/** The file that the settings of a project are in, or will be. */
function projectFile(): string {
  const found = findProjectFile(process.cwd());
  if (found === undefined) return join(process.cwd(), "assay.config.json");
  if (found.endsWith(".json")) return found;
  throw new AssayError(
    "USAGE",
    `${found} gives the settings here, and is a program; write the storage there`,
    { details: { file: found } },
  );
}

async function readSettings(file: string): Promise<Readonly<Record<string, unknown>>> {
  const content = await readJson(file);
  if (isPlainObject(content)) return content;
  throw new AssayError("USAGE", `${file} holds no object such as { storage: … }`, {
    details: { file },
  });
}

/** The storage as a file names it. `USAGE` for what is not to be written, `INVALID_VALUE` for what is none. */
function toStored(url: string, file: string, isGlobal: boolean): string {
  if (holdsPassword(url)) {
    throw new AssayError(
      "USAGE",
      `A password is not written into a file: put the name of an environment variable in its place, as in postgres://user:\${PGPASSWORD}@host/database`,
    );
  }
  // What a variable holds is known only where it is used.
  if (url.startsWith("${")) return url;
  const location = parseStorageUrl(url);
  switch (location.kind) {
    case "memory":
      throw new AssayError("USAGE", "memory: forgets everything when a command ends; name a file");
    case "sqlite":
      return location.path.startsWith("${") ? url : withPath(location, file, isGlobal);
    default:
      return url;
  }
}

/** A SQLite storage by a path that means the same from the folder of the file. */
function withPath(
  { path, durability }: { readonly path: string; readonly durability: string },
  file: string,
  isGlobal: boolean,
): string {
  const shown = isGlobal ? resolve(path) : relative(dirname(file), resolve(path));
  const options = durability === "full" ? "" : `?durability=${durability}`;
  return `sqlite:${shown.split(sep).join("/")}${options}`;
}

async function mayReplace(
  questions: Questions,
  file: string,
  before: unknown,
  storage: string,
): Promise<boolean> {
  if (before === undefined || before === storage) return true;
  const old = typeof before === "string" ? withoutPassword(before) : "something that is no text";
  return await questions.confirm(`${file} says ${old}. Replace it by ${storage}?`);
}

/** Writes settings as JSON, indented as the file was. */
async function writeSettings(
  file: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<void> {
  const old = existsSync(file) ? await readFile(file, "utf8") : "";
  const indent = /^([ \t]+)"/m.exec(old)?.[1] ?? "  ";
  await replaceFile(file, `${JSON.stringify(settings, null, indent)}\n`);
}

async function tell(
  { globals, terminal }: Pick<Invocation, "globals" | "terminal">,
  result: { readonly file: string; readonly storage: string; readonly changed: boolean },
): Promise<void> {
  const { file, storage, changed } = result;
  if (globals.json === true) {
    await terminal.writeJson(result);
    return;
  }
  terminal.note(changed ? `Wrote ${file}: ${storage}` : `${file} says ${storage} already`);
  const louder = process.env["ASSAY_STORAGE"];
  if (louder) terminal.note(`ASSAY_STORAGE is set and outweighs it: ${withoutPassword(louder)}`);
  terminal.note("Whether it works: assay db test");
}

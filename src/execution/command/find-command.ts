import { constants } from "node:fs";
import { access, readdir, stat } from "node:fs/promises";
import { basename, delimiter, dirname, resolve } from "node:path";
import { AssayError } from "../../errors/assay-error.ts";
import { didYouMean } from "../../util/nearest.ts";

/**
 * Checks that a program can be started from a folder, by the rules of `execvp`: one with a slash is a path,
 * any other is looked up in PATH. `NOT_FOUND` with the nearest name, or `INVALID_VALUE` for what is there and
 * cannot be executed.
 */
export async function checkProgram(
  program: string,
  directory: string,
  path: string,
): Promise<void> {
  const isPath = program.includes("/");
  const folders = isPath ? [directory] : path.split(delimiter).map((at) => resolve(directory, at));
  const found: string[] = [];
  for (const folder of folders) {
    const state = await lookAt(resolve(folder, program));
    if (state === "program") return;
    if (state !== "absent") found.push(state);
  }
  const details = { command: program };
  if (found.includes("file"))
    throw new AssayError("INVALID_VALUE", notExecutable(program), { details });
  if (isPath && found.length > 0) {
    throw new AssayError("INVALID_VALUE", `The command "${program}" is a folder`, { details });
  }
  const nearest = await nearestProgram(
    program,
    isPath ? [dirname(resolve(directory, program))] : folders,
  );
  const where = isPath
    ? `no file of this name from ${directory}`
    : "no program of this name in PATH";
  throw new AssayError("NOT_FOUND", `The command "${program}" is not found: ${where}${nearest}`, {
    details,
  });
}

async function lookAt(path: string): Promise<"program" | "file" | "folder" | "absent"> {
  try {
    if ((await stat(path)).isDirectory()) return "folder";
  } catch {
    return "absent";
  }
  const isExecutable = await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
  return isExecutable ? "program" : "file";
}

function notExecutable(program: string): string {
  return `The command "${program}" is not executable; chmod +x makes it so, or name its interpreter before it, such as python3 ${program}`;
}

async function nearestProgram(program: string, folders: readonly string[]): Promise<string> {
  const lists = await Promise.all(folders.map((folder) => readdir(folder).catch(() => [])));
  const hint = didYouMean(basename(program), new Set(lists.flat()));
  // The same name is what was not found.
  return hint.includes(`"${basename(program)}"`) ? "" : hint;
}

import type { BuildFailure, Message } from "esbuild";
import { readdir } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { AssayError } from "../../errors/assay-error.ts";
import { didYouMean } from "../../util/nearest.ts";
import { shownPath } from "./shown-path.ts";

/** True for what esbuild throws when the files are at fault. */
export function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors);
}

/** `INVALID_FILE` for what kept a file of the project at `root` from being bundled. */
export async function toBuildError(failure: BuildFailure, root: string): Promise<AssayError> {
  const [first, ...others] = failure.errors;
  if (first === undefined) return new AssayError("INVALID_FILE", failure.message);
  const { location } = first;
  const file = location === null ? undefined : resolve(root, location.file);
  const more = others.length === 0 ? "" : ` (and ${String(others.length)} more)`;
  if (location === null || file === undefined) {
    return new AssayError("INVALID_FILE", `${first.text}${more}`);
  }
  const { line } = location;
  const column = location.column + 1;
  const position = `${shownPath(file)}:${String(line)}:${String(column)}`;
  return new AssayError("INVALID_FILE", `${position}: ${await textOf(first, file)}${more}`, {
    details: { file, line, column },
  });
}

/** esbuild's text; for an import of a file that does not exist with the name of the nearest one. */
async function textOf({ text }: Message, file: string): Promise<string> {
  const specifier = /^Could not resolve "(.+)"$/.exec(text)?.[1];
  if (specifier === undefined || !/^\.{1,2}\//.test(specifier)) return text;
  const names = await readdir(dirname(resolve(dirname(file), specifier))).catch(() => []);
  const prefix = specifier.slice(0, specifier.lastIndexOf("/") + 1);
  const slip = didYouMean(
    basename(specifier),
    names.filter((name) => /\.[cm]?[jt]sx?$|\.json$/.test(name)),
  );
  return `${text}${slip.replace('"', () => `"${prefix}`)}`;
}

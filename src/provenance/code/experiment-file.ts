import { existsSync } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, extname, join, parse, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { AssayError } from "../../errors/assay-error.ts";
import { didYouMean, suggestionOf } from "../../util/nearest.ts";

const extensions = [".ts", ".mts", ".js", ".mjs"];

/** Where an experiment file is. Both paths are absolute and free of symbolic links. */
export interface ExperimentFile {
  readonly path: string;
  /** The project's folder: what paths in the bundle are relative to. */
  readonly root: string;
}

/**
 * Finds the experiment file that a path (from the current directory) or a `file:` URL names.
 * `NOT_FOUND` when there is none, `INVALID_FILE` when it is a directory or has another extension.
 */
export async function findExperimentFile(file: string | URL): Promise<ExperimentFile> {
  const name = String(file);
  const asked = resolve(name.startsWith("file:") ? fileURLToPath(name) : name);
  const found = await stat(asked).catch(() => undefined);
  if (found === undefined) {
    throw new AssayError("NOT_FOUND", `No such file: ${name}${await nearestFile(asked)}`, {
      details: { file: asked },
    });
  }
  if (found.isDirectory()) throw unsuitable(name, asked, "is a directory, not an experiment file");
  const extension = extname(asked);
  if (!extensions.includes(extension)) {
    throw unsuitable(name, asked, "cannot be an experiment file, by its extension");
  }
  const path = await realpath(asked);
  return { path, root: projectRoot(path) };
}

/** The nearest folder upwards of a file that has a package.json, else the file's own folder. */
export function projectRoot(path: string): string {
  const folders = foldersUpwards(dirname(path));
  return folders.find((folder) => existsSync(join(folder, "package.json"))) ?? dirname(path);
}

/** A folder and those above it, innermost first. */
export function foldersUpwards(folder: string): readonly string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...foldersUpwards(above)];
}

function unsuitable(name: string, path: string, reason: string): AssayError {
  return new AssayError("INVALID_FILE", `${name} ${reason} (one of ${extensions.join(", ")})`, {
    details: { file: path, accepted: extensions },
  });
}

async function nearestFile(path: string): Promise<string> {
  const names = await readdir(dirname(path)).catch((): readonly string[] => []);
  const candidates = names.filter((name) => extensions.includes(extname(name)));
  const name = basename(path);
  const sameStem = candidates.find((candidate) => parse(candidate).name === name);
  return sameStem === undefined ? didYouMean(name, candidates) : suggestionOf(sameStem);
}

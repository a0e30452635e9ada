import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { AssayError } from "../errors/assay-error.ts";
import { foldersUpwards } from "../provenance/code/experiment-file.ts";
import { parseStorageUrl } from "../storage/storage-url.ts";
import { didYouMean } from "../util/nearest.ts";
import { isPlainObject } from "../values/plain.ts";
import { expandVariables } from "./expand-variables.ts";

/** The settings that a file gives. */
export interface Config {
  /** The file itself; absent when there is none. */
  readonly file?: string;
  /**
   * A storage URL, in which `${NAME}` is the value of an environment variable. A relative path in the file is
   * relative to the file's folder.
   */
  readonly storage?: string;
}

/** The values of environment variables, by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

const names = ["assay.config.json", "assay.config.ts", "assay.config.js"];
const keys = ["storage"];

/** The project's file, in a folder or the nearest one above it that has one. `USAGE` when there are two. */
export function findProjectFile(folder: string): string | undefined {
  for (const candidate of foldersUpwards(resolve(folder))) {
    const paths = names.map((name) => join(candidate, name)).filter((path) => existsSync(path));
    const [path, other] = paths;
    if (path === undefined) continue;
    if (other === undefined) return path;
    throw invalid(path, `stands beside ${other}; keep one of them`);
  }
  return undefined;
}

/** Where the user's own file is, whether there is one or not. */
export function userFile(env: Environment): string {
  return join(env["XDG_CONFIG_HOME"] || join(homedir(), ".config"), "assay", "config.json");
}

/** The settings of the project's file. */
export async function projectConfig(folder: string, env: Environment): Promise<Config> {
  const path = findProjectFile(folder);
  return path === undefined ? {} : await readConfig(path, env);
}

/** The settings of the user's own file. */
export async function userConfig(env: Environment): Promise<Config> {
  const path = userFile(env);
  return existsSync(path) ? await readConfig(path, env) : {};
}

async function readConfig(path: string, env: Environment): Promise<Config> {
  const content = path.endsWith(".json") ? await readJson(path) : await importDefault(path);
  if (!isPlainObject(content)) throw invalid(path, "holds no object such as { storage: … }");
  for (const key of Object.keys(content)) {
    if (keys.includes(key)) continue;
    throw invalid(path, `has an unknown key "${key}"${didYouMean(key, keys)} (${keys.join(", ")})`);
  }
  const { storage } = content as { readonly storage?: unknown };
  if (storage === undefined) return { file: path };
  if (typeof storage !== "string") throw invalid(path, "needs a text for storage");
  const url = expandVariables(storage, env, path);
  return { file: path, storage: fromFolder(dirname(path), url) };
}

/** What is in a file of settings in JSON. `USAGE` when it cannot be read. */
export async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw invalid(
      path,
      `${error instanceof SyntaxError ? "is not JSON" : "cannot be read"}: ${why}`,
      error,
    );
  }
}

async function importDefault(path: string): Promise<unknown> {
  const [{ loadBundle }, { materialise }, { describeLoadError }] = await Promise.all([
    import("../provenance/code/load-bundle.ts"),
    import("../provenance/code/materialise.ts"),
    import("../provenance/code/describe-load-error.ts"),
  ]);
  const url = await materialise(await loadBundle(path), dirname(path));
  try {
    const module = (await import(url)) as { readonly default?: unknown };
    return module.default;
  } catch (error) {
    throw await describeLoadError(error, { file: path, url });
  }
}

/** The same storage, named from anywhere. */
function fromFolder(folder: string, url: string): string {
  const location = parseStorageUrl(url);
  if (location.kind !== "sqlite") return url;
  const durability = location.durability === "normal" ? "?durability=normal" : "";
  return `sqlite:${resolve(folder, location.path)}${durability}`;
}

function invalid(path: string, problem: string, cause?: unknown): AssayError {
  return new AssayError("USAGE", `${path} ${problem}`, { details: { file: path }, cause });
}

import { existsSync, realpathSync } from "node:fs";
import { basename, join, sep } from "node:path";
import { foldersUpwards } from "./experiment-file.ts";
import type { ReadLog } from "./read-log.ts";

const inModules = `${sep}node_modules${sep}`;

/** The name of the package that a bare specifier is of: `@scope/name` of `@scope/name/part`. */
export function packageName(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

/** The folder of the installed package that a file belongs to; undefined for a file of the project. */
export function packageFolder(path: string): string | undefined {
  const end = path.lastIndexOf(inModules) + inModules.length;
  if (end < inModules.length) return undefined;
  return path.slice(0, end) + packageName(path.slice(end).split(sep).join("/"));
}

/**
 * The folder, without symbolic links, of the package that Node finds under a name from a folder.
 * Every place where one would be found first is noted, so that installing it there is seen.
 */
export async function installedFolder(
  name: string,
  from: string,
  log: ReadLog,
): Promise<string | undefined> {
  for (const folder of foldersUpwards(from)) {
    if (basename(folder) === "node_modules") continue;
    const candidate = join(folder, "node_modules", name);
    await log.read(join(candidate, "package.json"));
    if (existsSync(candidate)) return realpathSync(candidate);
  }
  return undefined;
}

/** The version in the package.json of a folder, or "unknown" where there is none. */
export async function packageVersion(folder: string, log: ReadLog): Promise<string> {
  const text = await log.read(join(folder, "package.json"));
  try {
    const { version } = JSON.parse(text ?? "{}") as { readonly version?: unknown };
    return typeof version === "string" ? version : "unknown";
  } catch {
    return "unknown";
  }
}

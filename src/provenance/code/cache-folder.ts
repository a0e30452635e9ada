import { constants, existsSync } from "node:fs";
import { access, lstat, mkdir, mkdtemp, symlink } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { basename, join } from "node:path";
import { shortHash } from "../../values/canonical.ts";
import { foldersUpwards } from "./experiment-file.ts";

/**
 * The folder for what Assay makes from the code of a project, created where it is missing:
 * `node_modules/.cache/assay` of the project, or where there is no project or it cannot be written to, a
 * folder of this user alone in the temporary one. Imports in it find the packages that `root` finds.
 */
export async function cacheFolder(root: string): Promise<string> {
  const project = foldersUpwards(root).find(
    (folder) =>
      existsSync(join(folder, "package.json")) || existsSync(join(folder, "node_modules")),
  );
  if (project !== undefined) {
    const folder = join(project, "node_modules", ".cache", "assay");
    try {
      await mkdir(folder, { recursive: true });
      await access(folder, constants.W_OK);
      return folder;
    } catch {
      // Not writable: the temporary folder is.
    }
  }
  return temporaryFolder(root);
}

/**
 * A folder outside of the project. Links lead to the project's `node_modules`, one in each of as many
 * nested folders as Node would look into from `root`, the innermost last.
 */
async function temporaryFolder(root: string): Promise<string> {
  const modules = foldersUpwards(root)
    .filter((folder) => basename(folder) !== "node_modules")
    .map((folder) => join(folder, "node_modules"))
    .filter((folder) => existsSync(folder))
    .reverse();
  let folder = join(await privateFolder(), shortHash(JSON.stringify([root, modules])));
  await mkdir(folder, { recursive: true });
  for (const target of modules) {
    folder = join(folder, "inner");
    await mkdir(folder, { recursive: true });
    await symlink(target, join(folder, "node_modules"), "junction").catch(unlessThere);
  }
  return folder;
}

/** A folder that only this user can enter; code that is run must not be anybody else's. */
async function privateFolder(): Promise<string> {
  const user = process.getuid?.() ?? userInfo().username;
  const folder = join(tmpdir(), `assay-${String(user)}`);
  await mkdir(folder, { mode: 0o700 }).catch(unlessThere);
  const found = await lstat(folder);
  const closed = found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
  // Windows has neither, and a temporary folder for each user.
  const mine = closed || process.getuid === undefined;
  return found.isDirectory() && mine ? folder : mkdtemp(join(tmpdir(), "assay-"));
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}

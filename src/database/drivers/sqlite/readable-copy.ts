import { accessSync, constants, existsSync, statSync } from "node:fs";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { AssayError } from "../../../errors/assay-error.ts";

/** A file that may be opened for reading, and is to be removed when it was read. */
export interface ReadableCopy {
  readonly file: string;
  readonly remove: () => Promise<void>;
}

const tries = 5;

/**
 * A copy of a database that SQLite cannot read where it is, or undefined when it can: a file in WAL mode needs
 * its index (`-shm`) beside it, which cannot be made in a folder that may not be written to. While somebody
 * else has the file open the index is there. Throws `STORAGE_UNAVAILABLE` when the file may not be read.
 *
 * SQLite could do without (`immutable=1`), but better-sqlite3 is built without the URIs that say so.
 */
export async function readableCopy(file: string): Promise<ReadableCopy | undefined> {
  for (let left = tries; isOutOfReach(file); left -= 1) {
    if (left === 0) {
      throw new AssayError(
        "STORAGE_UNAVAILABLE",
        `${file} may not be written to, and is changed all the time while it is copied to be read`,
        { details: { location: file } },
      );
    }
    const folder = await mkdtemp(join(tmpdir(), "assay-read-"));
    const copy = { file: join(folder, "copy.db"), remove: () => removeFolder(folder) };
    try {
      const before = stateOf(file);
      await copyFile(file, copy.file, constants.COPYFILE_FICLONE);
      if (existsSync(`${file}-wal`)) await copyFile(`${file}-wal`, `${copy.file}-wal`);
      if (stateOf(file) === before && isOutOfReach(file)) return copy;
    } catch (error) {
      await copy.remove();
      throw new AssayError("STORAGE_UNAVAILABLE", `${file} cannot be read`, {
        details: { location: file },
        cause: error,
      });
    }
    await copy.remove();
  }
  return undefined;
}

function isOutOfReach(file: string): boolean {
  if (existsSync(`${file}-shm`) || !existsSync(file)) return false;
  try {
    accessSync(dirname(file), constants.W_OK);
    return false;
  } catch {
    return true;
  }
}

/** Changes whenever somebody writes to the database. */
function stateOf(file: string): string {
  return [file, `${file}-wal`]
    .map((path) => statSync(path, { bigint: true, throwIfNoEntry: false }))
    .map((found) => `${String(found?.mtimeNs)} ${String(found?.size)}`)
    .join();
}

async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

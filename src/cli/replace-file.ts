import { randomUUID } from "node:crypto";
import { chmod, mkdir, open, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { fromSystemError } from "./report-error.ts";

/**
 * Writes a file so that at every moment it has either its old text or the whole new one. Its folder is made;
 * its mode, and a link to it, stay.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    const target = await realpath(path).catch(() => path);
    const temporary = `${target}.${randomUUID()}.tmp`;
    try {
      const file = await open(temporary, "wx");
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      const old = await stat(target).catch(() => undefined);
      if (old !== undefined) await chmod(temporary, old.mode);
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  } catch (error) {
    throw fromSystemError(error, path);
  }
}

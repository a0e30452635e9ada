import { mkdirSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Creates a folder with those above it. Node's own `recursive` never returns where the system says that a
 * folder which is there is not, as it does for new ones in /proc.
 */
export function createFolder(path: string): void {
  if (makeUnlessThere(path)) return;
  const parent = dirname(path);
  if (parent !== path) createFolder(parent);
  mkdirSync(path);
}

/** False when the folder above is missing. */
function makeUnlessThere(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // What is there but is no folder shows when the file is opened.
    if (code === "EEXIST") return true;
    if (code === "ENOENT") return false;
    throw error;
  }
}

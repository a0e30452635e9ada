import { isAbsolute, relative } from "node:path";

/** A path as messages show it: relative to the current directory where it is inside, else absolute. */
export function shownPath(path: string): string {
  const shown = relative(process.cwd(), path);
  return shown === "" || shown.startsWith("..") || isAbsolute(shown) ? path : shown;
}

import { withoutPassword } from "../util/url-password.ts";
import type { GlobalFlags } from "./global-flags.ts";

/** A command to type next, which reads the same storage as the one at hand. */
export function nextCommand({ storage }: GlobalFlags, ...args: readonly string[]): string {
  const where = storage === undefined ? [] : ["--storage", withoutPassword(storage)];
  const end = args.indexOf("--");
  const own = end < 0 ? args : args.slice(0, end);
  return shellLine(["assay", ...own, ...where, ...args.slice(own.length)]);
}

/** A command as it is typed in a shell. */
export function shellLine(words: readonly string[]): string {
  return words.map(quoted).join(" ");
}

/** An argument as a shell reads it. */
function quoted(argument: string): string {
  if (/^[\w@%+=:,./#-]+$/.test(argument) && !argument.startsWith("#")) return argument;
  return `'${argument.replaceAll("'", "'\\''")}'`;
}

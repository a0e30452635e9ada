import type { GlobalFlags } from "./global-flags.ts";

/** A command to type next, which reads the same storage as the one at hand. */
export function nextCommand({ storage }: GlobalFlags, ...args: readonly string[]): string {
  const where = storage === undefined ? [] : ["--storage", storage];
  return ["assay", ...args, ...where].map(quoted).join(" ");
}

/** An argument as a shell reads it. */
function quoted(argument: string): string {
  if (/^[\w@%+=:,./#-]+$/.test(argument) && !argument.startsWith("#")) return argument;
  return `'${argument.replaceAll("'", "'\\''")}'`;
}

#!/usr/bin/env node
import { readFileSync } from "node:fs";

/*
 * The entry of the command line. It loads nothing to print the version, and of everything else only what the
 * verb at hand needs.
 */
const argv = process.argv.slice(2);
const end = argv.indexOf("--");
if ((end < 0 ? argv : argv.slice(0, end)).includes("--version")) {
  const path = new URL("../../package.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(path, "utf8")) as { readonly version: string };
  process.stdout.write(`${version}\n`);
} else {
  const { runCommandLine } = await import("./run-command-line.ts");
  await runCommandLine(argv);
}

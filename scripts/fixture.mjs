// Writes a database of the schema of today to test/fixtures, to be upgraded by the tests of every later one.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(root, "node_modules/.fixture-"));
try {
  const outfile = join(folder, "write-fixture.mjs");
  await build({
    entryPoints: [join(root, "test/support/programs/write-fixture.ts")],
    outfile,
    bundle: true,
    packages: "external",
    platform: "node",
    target: "node20",
    format: "esm",
    logLevel: "warning",
  });
  const args = [outfile, join(root, "test/fixtures")];
  process.exitCode = spawnSync(process.execPath, args, { stdio: "inherit" }).status ?? 1;
} finally {
  rmSync(folder, { recursive: true });
}

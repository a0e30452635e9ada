// Builds dist/: types by tsc, which checks them too, and code by esbuild, as few files with shared chunks
// (docs/decisions/0007-the-package-is-bundled.md).

import { spawnSync } from "node:child_process";
import { chmodSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const root = join(import.meta.dirname, "..");
const path = (name) => join(root, name);

/** What is started or imported from outside; everything else ends up in chunks. */
const entries = [
  "src/index.ts",
  "src/testing/index.ts",
  "src/cli/main.ts",
  "src/execution/worker/thread-main.ts",
  "src/execution/worker/process-main.ts",
  "src/execution/worker/hub-main.ts",
  "src/execution/worker/lifeline-main.ts",
  "src/execution/worker/lease-main.ts",
];

rmSync(path("dist"), { recursive: true, force: true });
const compiler = path("node_modules/typescript/bin/tsc");
const checked = spawnSync(
  process.execPath,
  [compiler, "-p", path("tsconfig.build.json"), "--emitDeclarationOnly"],
  { stdio: "inherit", cwd: root },
);
if (checked.status !== 0) process.exit(checked.status ?? 1);

await build({
  absWorkingDir: root,
  entryPoints: entries,
  outbase: "src",
  outdir: "dist",
  chunkNames: "chunks/[name]-[hash]",
  bundle: true,
  splitting: true,
  packages: "external",
  format: "esm",
  platform: "node",
  target: "node20",
  sourcemap: true,
  sourcesContent: false,
  logLevel: "warning",
});
chmodSync(path("dist/cli/main.js"), 0o755);

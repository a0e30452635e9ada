// npm run bench: lists the benchmarks; npm run bench NAME …: runs these; npm run bench all: each in turn.
// A benchmark is bench/NAME.ts, run against the built package in a process of its own; what several
// share is in bench/lib/. Internals that the package does not export are bundled from src/.

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const folder = join(import.meta.dirname, "../bench");

/** The first line of the comment that a benchmark starts with. */
function summary(name) {
  const text = readFileSync(join(folder, `${name}.ts`), "utf8");
  return /^(?:\/\/|\/\*\*?\s*\*?) *(.+?) *(?:\*\/)?$/m.exec(text)?.[1] ?? "";
}

async function run(name) {
  // Beside its source, so that import.meta.url and imports of "assay" and of packages resolve alike.
  const outfile = join(folder, `.${name}.mjs`);
  try {
    await build({
      entryPoints: [join(folder, `${name}.ts`)],
      outfile,
      bundle: true,
      packages: "external",
      platform: "node",
      format: "esm",
      target: "node20",
      sourcemap: "inline",
      logLevel: "error",
    });
    console.log(`\n# ${name}: ${summary(name)}`);
    const nodeOptions = ["--enable-source-maps", "--expose-gc"];
    const { status } = spawnSync(process.execPath, [...nodeOptions, outfile], { stdio: "inherit" });
    return status === 0;
  } finally {
    rmSync(outfile, { force: true });
  }
}

const available = readdirSync(folder)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.slice(0, -".ts".length))
  .sort();
const asked = process.argv.slice(2);
const unknown = asked.find((name) => name !== "all" && !available.includes(name));

if (unknown !== undefined) {
  console.error(`Unknown benchmark "${unknown}" (one of ${["all", ...available].join(", ")})`);
  process.exit(2);
}
if (asked.length === 0) {
  console.log("Usage: npm run bench NAME …, or all");
  for (const name of available) console.log(`  ${name.padEnd(10)} ${summary(name)}`);
}
for (const name of asked.includes("all") ? available : asked) {
  if (!(await run(name))) process.exitCode = 1;
}

// Builds dist/: types by tsc, which checks them too, and code by rolldown, as few files with shared chunks
// (docs/decisions/0007-the-package-is-bundled.md).

import { spawnSync } from "node:child_process";
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";

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

/** What users install with Assay, or beside it; any other package that is imported gets into the chunks. */
const { dependencies, peerDependencies } = JSON.parse(readFileSync(path("package.json"), "utf8"));
const packages = [...Object.keys(dependencies), ...Object.keys(peerDependencies)];

/** What is loaded together: by every worker and every program that imports the library; and by every run besides. */
const together = {
  base: [
    "src/index.ts",
    "src/execution/worker/thread-main.ts",
    "src/execution/worker/process-main.ts",
  ],
  run: [
    "src/cli/verbs/run.ts",
    "src/execution/run-experiment.ts",
    "src/storage/connect-storage.ts",
    "src/database/drivers/sqlite/open.ts",
  ],
};

/** Modules that some import, directly or not, without waiting for them to be asked for. */
function reachable(starts, context) {
  const found = new Set(starts);
  for (const id of found) {
    for (const next of context.getModuleInfo(id)?.importedIds ?? []) found.add(next);
  }
  return found;
}

let groups;
function groupOf(id, context) {
  groups ??= Object.entries(together).map(([name, starts]) => [
    name,
    reachable(starts.map(path), context),
  ]);
  if (entries.some((entry) => path(entry) === id)) return null;
  return groups.find(([, members]) => members.has(id))?.[0] ?? null;
}

const bundle = await rolldown({
  cwd: root,
  input: Object.fromEntries(
    entries.map((entry) => [entry.slice("src/".length, -".ts".length), entry]),
  ),
  platform: "node",
  transform: { target: "node20" },
  external: (id) =>
    id.startsWith("node:") || packages.some((name) => `${id}/`.startsWith(`${name}/`)),
  onLog(level, log, report) {
    // What is imported when it is needed from one place, and at once from another, is in the chunk of the latter.
    if (log.code !== "INEFFECTIVE_DYNAMIC_IMPORT") report(level, log);
  },
});
const { output } = await bundle.write({
  dir: path("dist"),
  format: "esm",
  entryFileNames: "[name].js",
  chunkFileNames: "chunks/[name]-[hash].js",
  codeSplitting: { groups: [{ name: groupOf, debugName: "together" }] },
  sourcemap: true,
  sourcemapExcludeSources: true,
});
await bundle.close();

/** The licence of a package whose code is in the chunks, which has to come with it. */
function licenceOf(name) {
  const folder = path(`node_modules/${name}`);
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${name} is bundled, but has no licence to go with it`);
  return `# ${name}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
}

const modules = output.flatMap((chunk) => ("moduleIds" in chunk ? chunk.moduleIds : []));
const bundled = modules.flatMap((id) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)?.[1] ?? []);
writeFileSync(path("dist/LICENSES.md"), [...new Set(bundled)].toSorted().map(licenceOf).join("\n"));
chmodSync(path("dist/cli/main.js"), 0o755);

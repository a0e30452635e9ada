// npm run demo: runs examples/penguins into assay.db in the repository's root, then shows what it found.
// A second time it skips what is completed already.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const cli = "dist/cli/main.js";
/** The default, whatever the environment says: the commands printed below shall find it. */
const env = { ...process.env, ASSAY_STORAGE: "sqlite:assay.db" };
const neededNode = [20, 19];

function isOlder([major, minor], [neededMajor, neededMinor]) {
  return major < neededMajor || (major === neededMajor && minor < neededMinor);
}

/** Runs a program in the repository's root and ends with its exit code if it fails. */
function run(program, args, shell = false) {
  const { status, error } = spawnSync(program, args, { cwd: root, env, stdio: "inherit", shell });
  if (error) console.error(`Cannot run ${program}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

function assay(...args) {
  console.log(`\n$ assay ${args.join(" ")}`);
  run(process.execPath, [cli, ...args]);
}

if (isOlder(process.versions.node.split(".").map(Number), neededNode)) {
  console.error(`Assay needs Node ${neededNode.join(".")} or newer; this is ${process.version}`);
  process.exit(1);
}
if (!existsSync(`${root}/node_modules`)) {
  console.error("The dependencies are not installed; run npm ci first");
  process.exit(1);
}
// npm is a script on Windows, which only a shell can start.
if (!existsSync(`${root}/${cli}`)) run("npm", ["run", "build"], process.platform === "win32");

assay("run", "examples/penguins/experiment.ts");
assay("best", "penguins");
assay("trials", "penguins", "--sort", "accuracy", "--desc", "--limit", "10");

console.log(`
Everything is in assay.db. To look further, in this folder:
  npx assay status penguins
  npx assay trials penguins --where "hidden <= 8 and accuracy > 0.98"
  npx assay metrics penguins
  npx assay run examples/penguins/experiment.ts learningRate=0.03
  sqlite3 assay.db ".tables"`);

// Says which backends and tools the tests can use on this machine, and how to get those that are missing.
// A backend with a server of its own gets a row here that looks for its program on the PATH.

import { spawnSync } from "node:child_process";

/** The SQLite that better-sqlite3 carries, or undefined where its native part does not load. */
async function bundledSqlite() {
  try {
    const { default: Database } = await import("better-sqlite3");
    const db = new Database(":memory:");
    const version = db.prepare("select sqlite_version()").pluck().get();
    db.close();
    return `version ${version}, bundled with better-sqlite3`;
  } catch {
    return undefined;
  }
}

/** `find` describes what is there, or gives undefined; `remedy` completes "missing: …". */
const backends = [
  {
    name: "SQLite",
    find: bundledSqlite,
    remedy: "run npm rebuild better-sqlite3 (it needs a C++ compiler and Python)",
  },
];

/** The program that lets tests set the clock, or undefined where it is not on the PATH. */
function findFaketime() {
  const { stdout } = spawnSync("faketime", ["--version"], { encoding: "utf8" });
  return /[0-9][0-9.]+/.exec(stdout ?? "")?.[0];
}

/** Installs a package where that needs no question: as root, by apt. */
function install(name) {
  if (process.getuid?.() !== 0) return;
  const apt = (...args) => spawnSync("apt-get", args, { stdio: "ignore" }).status === 0;
  if (apt("install", "-y", name)) return;
  if (apt("update")) apt("install", "-y", name);
}

/** What some tests need and are left out without; each is installed where it may be. */
const tools = [{ name: "libfaketime", package: "faketime", find: findFaketime }];

const found = [];
const missing = [];
for (const { name, find, remedy } of backends) {
  const description = await find();
  if (description === undefined) missing.push(`${name} is missing: ${remedy}`);
  else found.push(`${name} (${description})`);
}

for (const tool of tools) {
  if (tool.find() === undefined) install(tool.package);
  const version = tool.find();
  if (version !== undefined) found.push(`${tool.name} (version ${version})`);
  else {
    console.error(
      `${tool.name} is missing, and tests that need it are not run: install the package ${tool.package}`,
    );
  }
}

for (const line of missing) console.error(line);
if (missing.length === 0) {
  console.log(`No servers to install; the tests use ${found.join(", ")}`);
} else {
  process.exitCode = 1;
}

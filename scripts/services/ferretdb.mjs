// A server for MongoDB's protocol where no mongod can be had: FerretDB over PostgreSQL with the DocumentDB
// extension, in a folder of this user's cache. What the folder is made from is in ferretdb/.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  openSync,
  closeSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { versionOf } from "./apt.mjs";

/** Beside this file, which a benchmark may have bundled. */
const source = ["ferretdb/", "../scripts/services/ferretdb/"]
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find((path) => existsSync(path));
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "assay", "services");

/** Where a complete installation is, or would be: another one for every change of what it is made from. */
function ferretdbFolder() {
  const hash = createHash("sha256");
  for (const name of readdirSync(source).sort()) hash.update(readFileSync(join(source, name)));
  return join(cache, `ferretdb-${hash.digest("hex").slice(0, 12)}`);
}

/** What a server is started with. */
function partsOf(folder) {
  const root = join(folder, "root");
  return {
    /** FerretDB's program. */
    program: join(folder, "ferretdb"),
    /** The folder that PostgreSQL has as its root. */
    root,
    /** PostgreSQL's program, and a data folder to copy, as seen from there. */
    postgres: "/usr/lib/postgresql/18/bin/postgres",
    template: "/var/lib/assay/template",
  };
}

/** The parts of a complete installation; undefined where there is none. */
export function findFerretdb() {
  if (process.getuid?.() !== 0) return undefined;
  const parts = partsOf(ferretdbFolder());
  const { program, root, postgres, template } = parts;
  const needed = [program, join(root, postgres), join(root, template, "PG_VERSION")];
  return needed.every((path) => existsSync(path)) ? parts : undefined;
}

/**
 * Makes the installation where root, apt and Go are at hand. It is made under another name and renamed when
 * it is complete, so one that was interrupted is never taken for one; what is left of those is removed.
 */
export function installFerretdb() {
  if (process.getuid?.() !== 0 || versionOf("apt-get") === undefined) return;
  if (spawnSync("go", ["version"], { stdio: "ignore" }).status !== 0) return;
  const mirror = debianMirror();
  if (mirror === undefined) return;
  console.error("FerretDB is being installed, as a server for MongoDB's protocol: a few minutes");
  mkdirSync(cache, { recursive: true });
  removeInterrupted();
  const folder = ferretdbFolder();
  const partial = `${folder}.partial-${process.pid}`;
  mkdirSync(partial);
  const logFile = join(cache, "ferretdb.log");
  const log = openSync(logFile, "w");
  const { status } = spawnSync(
    "unshare",
    ["--mount", "--propagation", "private", join(source, "install.sh"), partial, mirror],
    { stdio: ["ignore", log, log] },
  );
  closeSync(log);
  if (status !== 0) {
    console.error(`FerretDB was not installed; ${logFile} tells why`);
    rmSync(partial, { recursive: true, force: true });
    return;
  }
  // One that lost a part of it is in the way.
  if (findFerretdb() === undefined) rmSync(folder, { recursive: true, force: true });
  try {
    renameSync(partial, folder);
  } catch {
    // Another process was faster.
    rmSync(partial, { recursive: true, force: true });
  }
}

/** Removes what installations left whose process is gone. */
function removeInterrupted() {
  for (const name of readdirSync(cache)) {
    const pid = /\.partial-(\d+)$/.exec(name)?.[1];
    if (pid === undefined || isRunning(Number(pid))) continue;
    rmSync(join(cache, name), { recursive: true, force: true });
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return pid !== process.pid;
  } catch {
    return false;
  }
}

/** Where this machine's own packages come from; undefined where it is no Debian. */
function debianMirror() {
  const format = ["--format", "$(REPO_URI) $(COMPONENT) $(RELEASE)"];
  const { stdout } = spawnSync("apt-get", ["indextargets", ...format, "Created-By: Packages"], {
    encoding: "utf8",
  });
  const targets = (stdout ?? "").split("\n").map((line) => line.split(" "));
  const main = targets.find(
    ([, component, release = ""]) => component === "main" && !/-(security|updates)/.test(release),
  );
  return main?.[0];
}

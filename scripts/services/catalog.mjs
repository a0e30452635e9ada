// What the tests can use. `find` describes what is there, or gives undefined; `install` gets it where it may;
// `remedy` completes "missing: …".

import { existsSync, readdirSync } from "node:fs";
import { installPackage, versionOf } from "./apt.mjs";
import { findFerretdb, installFerretdb } from "./ferretdb.mjs";

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

/** PostgreSQL's server, on the PATH or where Debian has it. */
function postgres() {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian)
    ? readdirSync(debian).sort((a, b) => Number(b) - Number(a))
    : [];
  const programs = ["postgres", ...versions.map((version) => `${debian}/${version}/bin/postgres`)];
  const version = programs.map(versionOf).find((found) => found !== undefined);
  return version === undefined ? undefined : `version ${version}`;
}

function redis() {
  const version = versionOf("redis-server");
  return version === undefined ? undefined : `version ${version}`;
}

/** A server that was given, MongoDB's own, or one that speaks its protocol. */
function mongodb() {
  if (process.env.MONGODB_URL) return "the server of MONGODB_URL";
  const version = versionOf("mongod");
  if (version !== undefined) return `version ${version}`;
  return findFerretdb() === undefined ? undefined : "FerretDB 2 over PostgreSQL 18";
}

export const backends = [
  {
    name: "SQLite",
    find: bundledSqlite,
    remedy: "run npm rebuild better-sqlite3 (it needs a C++ compiler and Python)",
  },
  {
    name: "PostgreSQL",
    find: postgres,
    install: () => installPackage("postgresql"),
    remedy: "install PostgreSQL 13 or newer so that initdb and postgres are on the PATH",
  },
  {
    name: "Redis",
    find: redis,
    install: () => installPackage("redis-server"),
    remedy: "install Redis 7 or newer so that redis-server is on the PATH",
  },
  {
    name: "MongoDB",
    find: mongodb,
    install: installFerretdb,
    remedy:
      "install MongoDB 5 or newer so that mongod is on the PATH, or set MONGODB_URL to a server of it (on Debian FerretDB is installed instead, as root, where Go is)",
  },
];

/** What some tests need and are left out without; each is installed where it may be. */
export const tools = [{ name: "libfaketime", package: "faketime", program: "faketime" }];

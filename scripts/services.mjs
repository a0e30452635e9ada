// Says which backends the tests can use on this machine, and how to get those that are missing.
// A backend with a server of its own gets a row here that looks for its program on the PATH.

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

const found = [];
const missing = [];
for (const { name, find, remedy } of backends) {
  const description = await find();
  if (description === undefined) missing.push(`${name} is missing: ${remedy}`);
  else found.push(`${name} (${description})`);
}

for (const line of missing) console.error(line);
if (missing.length === 0) {
  console.log(`No servers to install; the tests use ${found.join(", ")}`);
} else {
  process.exitCode = 1;
}

// Registering a grid against a bare batched insert of the same rows, and the memory of a run of 10^6 trials.
import { rmSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { choice, createSpace, linspace, openStorage } from "assay";
import { createGrid } from "../src/algorithms/grid.ts";
import { inTurn, report, reportAtLeast, runCommand } from "./lib/measure.ts";
import { cli, createSandbox, noopExperiment } from "./lib/sandbox.ts";

const rows = 100_000;
const window = 2000;
/** Says at the end how much memory the process had at most. */
const rss = `process.on("exit", () => {
  require("node:fs").writeSync(2, "@rss " + process.resourceUsage().maxRSS + "\\n");
});`;
const folder = createSandbox({ "million.ts": noopExperiment(1_000_000), "rss.cjs": rss });
const ours = join(folder, "ours.db");
const bare = join(folder, "bare.db");

function remove(path: string): void {
  for (const end of ["", "-wal", "-shm"]) rmSync(path + end, { force: true });
}

const space = createSpace({
  lr: linspace(0, 1, 100),
  width: choice([8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096]),
  seed: linspace(1, 100, 100),
});

async function register(): Promise<number> {
  remove(ours);
  await using storage = await openStorage(ours);
  const experiment = await storage.createExperiment({ name: "grid", space, seed: 1 });
  const grid = createGrid(space);
  const before = performance.now();
  for (;;) {
    const cursor = await storage.readCursor(experiment);
    if (cursor.position === rows) break;
    const { suggestions } = await grid.suggest({
      position: cursor.position,
      count: window,
      known: () => Promise.resolve(new Set()),
    });
    await storage.registerTrials(experiment, cursor, suggestions);
  }
  return performance.now() - before;
}

/** The same rows into a table with the same columns and indexes, as fast as SQLite takes them. */
function insert(): number {
  const source = new Sqlite(ours, { readonly: true });
  const definitions = source
    .prepare(
      "SELECT sql FROM sqlite_master WHERE tbl_name = 'trials' AND sql IS NOT NULL ORDER BY type DESC",
    )
    .pluck()
    .all() as string[];
  const all = source.prepare("SELECT * FROM trials ORDER BY number").raw().all() as unknown[][];
  source.close();
  remove(bare);
  const db = new Sqlite(bare);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  for (const sql of definitions) db.exec(sql);
  const marks = (all[0] ?? []).map(() => "?").join(", ");
  const statement = db.prepare(`INSERT INTO trials VALUES (${marks})`);
  const before = performance.now();
  for (let from = 0; from < all.length; from += window) {
    db.transaction(() => {
      for (const row of all.slice(from, from + window)) statement.run(row);
    })();
  }
  const took = performance.now() - before;
  db.close();
  return took;
}

const times = await inTurn(5, { ours: register, bare: insert });
const rate = (ms: number): string =>
  `${Math.round((rows / ms) * 1000).toLocaleString("en")} rows/s`;
console.log(`registered: ${rate(times.ours)}; bare insert: ${rate(times.bare)}`);
reportAtLeast("rows a second of a bare batched insert", times.bare / times.ours, 0.5);

const usage = runCommand(
  ["node", "--require", "./rss.cjs", cli, "run", "million.ts", "--no-progress"],
  { cwd: folder },
);
console.log(`10^6 trials: ${(usage.wallMs / 1000).toFixed(0)} s`);
report("memory of a run of 10^6 trials", usage.maxRssMb, 200, "MB");

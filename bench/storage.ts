// No-op trials at full durability against a bare SQLite loop, and how the cost of a trial grows.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { execute, openStorage } from "assay";
import { inTurn, median, report, runCommand } from "./lib/measure.ts";
import { cli, createSandbox, noopExperiment } from "./lib/sandbox.ts";

const trials = 20_000;
const rounds = 5;

/** The least that any program can do: claim and result of each trial in a transaction of its own. */
const peer = `
import Database from ${JSON.stringify(import.meta.resolve("better-sqlite3"))};
const db = new Database(process.argv[2]);
db.pragma("journal_mode = WAL");
db.pragma("synchronous = FULL");
if (process.argv[3] === "fill") {
  db.exec("CREATE TABLE trials (number INTEGER PRIMARY KEY, status TEXT, params TEXT, results TEXT)");
  db.exec("CREATE INDEX by_status ON trials (status, number)");
  const insert = db.prepare("INSERT INTO trials VALUES (?, 'new', ?, NULL)");
  db.transaction(() => { for (let i = 0; i < ${String(trials)}; i++) insert.run(i, JSON.stringify({ x: i })); })();
} else {
  const claim = db.prepare("UPDATE trials SET status = 'reserved' WHERE number = ?");
  const complete = db.prepare("UPDATE trials SET status = 'completed', results = ? WHERE number = ?");
  for (let i = 0; i < ${String(trials)}; i++) {
    claim.run(i);
    complete.run("{}", i);
  }
}
`;

const folder = createSandbox({ "noop.ts": noopExperiment(trials), "peer.mjs": peer });

function clean(name: string): string {
  const path = join(folder, name);
  for (const end of ["", "-wal", "-shm"]) rmSync(path + end, { force: true });
  return path;
}

const cpu: number[] = [];
const times = await inTurn(rounds, {
  peer: () => {
    const path = clean("peer.db");
    runCommand(["node", "peer.mjs", path, "fill"], { cwd: folder });
    return runCommand(["node", "peer.mjs", path], { cwd: folder }).wallMs;
  },
  assay: () => {
    const path = clean("assay.db");
    const command = ["node", cli, "run", "noop.ts", "--executor", "serial"];
    const usage = runCommand([...command, "--storage", path, "--no-progress"], { cwd: folder });
    cpu.push(usage.cpuMs / trials);
    return usage.wallMs;
  },
});
const perTrial = (ms: number): string => `${((ms / trials) * 1000).toFixed(1)} µs a trial`;
console.log(`bare loop: ${perTrial(times.peer)}; assay run: ${perTrial(times.assay)}`);
report(
  "20,000 no-op trials, whole command, against two transactions each",
  times.assay / times.peer,
  0.35,
);
report("CPU a trial, whole command", median(cpu), 0.08, "ms");

const large = createSandbox({ "large.ts": noopExperiment(100_000) });
const path = join(large, "large.db");
const runTo = async (maxTrials: number): Promise<number> => {
  const { elapsedMs, executed } = await execute(join(large, "large.ts"), {
    storage: path,
    executor: "serial",
    maxTrials,
  });
  return elapsedMs / executed;
};

const growth: number[] = [];
const claims: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  for (const end of ["", "-wal", "-shm"]) rmSync(path + end, { force: true });
  const first = await runTo(10_000);
  const firstClaim = await claimCost();
  await runTo(90_000);
  const last = await runTo(100_000);
  const lastClaim = await claimCost();
  growth.push(last / first);
  claims.push(lastClaim / firstClaim);
}
report("a trial between 90,000 and 100,000 against the first 10,000", median(growth), 1.3);
report("claim and complete one by one, 100,000 stored against 10,000", median(claims), 1.3);

/** Milliseconds to claim, start and complete a trial, one at a time. */
async function claimCost(): Promise<number> {
  await using storage = await openStorage(path);
  const ids: string[] = [];
  for await (const trial of storage.eachTrial("noop", { limit: 300 })) ids.push(trial.id);
  for (const id of ids) await storage.markTrialIncomplete(id);
  const before = performance.now();
  for (const _ of ids) {
    const trial = await storage.reserveTrial("noop", { holder: "bench" });
    if (trial !== undefined) await storage.pushTrialResults("noop", trial, {});
  }
  return (performance.now() - before) / ids.length;
}

const small = createSandbox({ "large.ts": noopExperiment(10_000) });
await execute(join(small, "large.ts"), { storage: join(small, "large.db") });
const wall = (cwd: string, ...words: string[]) =>
  runCommand(["node", cli, ...words, "--storage", "large.db"], { cwd }).wallMs;
const reading = await inTurn(rounds, {
  statusSmall: () => wall(small, "status", "noop"),
  statusLarge: () => wall(large, "status", "noop"),
  resumeSmall: () => wall(small, "run", "large.ts", "--no-progress"),
  resumeLarge: () => wall(large, "run", "large.ts", "--no-progress"),
});
report("status, 100,000 trials against 10,000", reading.statusLarge / reading.statusSmall, 1.3);
report("resume, 100,000 trials against 10,000", reading.resumeLarge / reading.resumeSmall, 1.3);
report("resume of 100,000 finished trials, whole command", reading.resumeLarge / 1000, 1, "s");

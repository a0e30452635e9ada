// Trials on threads and processes against pools that store nothing, and several runs on one file.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import {
  execute,
  openStorage,
  processes,
  serial,
  threads,
  type Executor,
  type Progress,
} from "assay";
import { Piscina } from "piscina";
import Tinypool from "tinypool";
import { inTurn, median, report, reportAtLeast } from "./lib/measure.ts";
import { cli, createSandbox, experimentOf, noopExperiment } from "./lib/sandbox.ts";

const trials = 10_000;
const rounds = 5;
/** Trials that use the processors for long are less at the mercy of chance. */
const busyRounds = 3;

/** Uses so many milliseconds of the thread's own CPU time: a fixed number of steps, found once by the machine. */
const burn = `
function steps(count) { let x = 0; for (let i = 0; i < count; i++) x += Math.sqrt(i + x); return x; }
function burn(ms) { steps(ms * ${String(stepsPerMs())}); }
`;

/** The first trial of a worker waits for the other worker's, so that both are ready for the rest. */
const meet = `
import { readdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { getTrial } from "assay";
let isReady = false;
async function meet() {
  isReady = true;
  const { id, directory } = getTrial();
  const folder = dirname(directory);
  writeFileSync(folder + "/" + id + ".ready", "");
  while (readdirSync(folder).filter((name) => name.endsWith(".ready")).length < 2) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return {};
}
`;

const folder = createSandbox({
  "noop.ts": experimentOf("noop", trials, "isReady ? {} : meet()", meet),
  "task.mjs": "export default () => ({});",
  "empty.ts": experimentOf("empty", trials, "({ text: '' })"),
  "large.ts": experimentOf("large", trials, "({ text: 'x'.repeat(10_000) })"),
  // So many that the start of the workers, which `bench start` measures, does not decide.
  "busy.ts": experimentOf("busy", 400, "{ burn(50); return {}; }", burn),
});

let databases = 0;
function storagePath(): string {
  databases += 1;
  return join(folder, `${String(databases)}.db`);
}

/** Milliseconds a trial, from when every worker has begun one to the last commit. */
async function trialMs(file: string, executor: Executor): Promise<number> {
  const path = storagePath();
  let startedAt = 0;
  const { elapsedMs } = await execute(join(folder, file), {
    storage: path,
    executor,
    directory: createSandbox(),
    progress: (progress: Progress) => {
      startedAt ||= Date.now() - progress.elapsedMs;
    },
  });
  await using storage = await openStorage(path);
  const begun = new Map<string, number>();
  const starts: number[] = [];
  for await (const trial of storage.eachTrial(file.replace(".ts", ""))) {
    const start = Date.parse(trial.startedAt ?? "");
    const worker = trial.worker ?? "";
    begun.set(worker, Math.min(start, begun.get(worker) ?? Infinity));
    starts.push(start);
  }
  if (begun.size !== executor.workers) throw new Error(`${String(begun.size)} workers ran trials`);
  const readyAt = Math.max(...begun.values());
  const counted = starts.filter((start) => start >= readyAt).length;
  return (startedAt + elapsedMs - readyAt) / counted;
}

const task = join(folder, "task.mjs");

/** Milliseconds a task of a pool that is ready. */
async function poolMs(pool: {
  run(task: unknown): Promise<unknown>;
  destroy(): Promise<void>;
}): Promise<number> {
  await Promise.all(Array.from({ length: 100 }, (_, i) => pool.run(i)));
  const before = performance.now();
  await Promise.all(Array.from({ length: trials }, (_, i) => pool.run(i)));
  const took = performance.now() - before;
  await pool.destroy();
  return took / trials;
}

const two = { minThreads: 2, maxThreads: 2, filename: task };
const short = await inTurn(rounds, {
  piscina: () => poolMs(new Piscina(two)),
  threads: () => trialMs("noop.ts", threads(2)),
  tinypool: () => poolMs(new Tinypool({ ...two, runtime: "child_process" })),
  processes: () => trialMs("noop.ts", processes(2)),
});
const perSecond = (ms: number): string => `${(1000 / ms).toFixed(0)}/s`;
console.log(
  `piscina ${perSecond(short.piscina)}, threads ${perSecond(short.threads)}, tinypool ${perSecond(short.tinypool)}, processes ${perSecond(short.processes)}`,
);
reportAtLeast("no-op trials on 2 threads, against piscina", short.piscina / short.threads, 0.7);
reportAtLeast(
  "no-op trials on 2 processes, against tinypool's",
  short.tinypool / short.processes,
  1,
);

/** Milliseconds of a call of `execute`: from the start of the workers to their end. */
async function wholeMs(file: string, executor: Executor): Promise<number> {
  const before = performance.now();
  await execute(join(folder, file), { storage: storagePath(), executor });
  return performance.now() - before;
}

const busy = await inTurn(busyRounds, {
  serial: () => wholeMs("busy.ts", serial()),
  threads: () => wholeMs("busy.ts", threads(2)),
  processes: () => wholeMs("busy.ts", processes(2)),
});
reportAtLeast("trials of 50 ms CPU on 2 threads, speed-up", busy.serial / busy.threads, 1.85);
reportAtLeast("trials of 50 ms CPU on 2 processes, speed-up", busy.serial / busy.processes, 1.85);

const elapsedMs = async (file: string, executor: Executor): Promise<number> =>
  (await execute(join(folder, file), { storage: storagePath(), executor })).elapsedMs;
const sizes = await inTurn(rounds, {
  empty: () => elapsedMs("empty.ts", threads(2)),
  large: () => elapsedMs("large.ts", threads(2)),
});
report("a result of 10 KB against an empty one", sizes.large / sizes.empty, 2);

await shareOneFile();

/** Says at the end how long a transaction, which a claim is, waited at most for others to be over. */
function waitMeter(): string {
  return `const Sqlite = require(${JSON.stringify(createRequire(import.meta.url).resolve("better-sqlite3"))});
const { prepare } = Sqlite.prototype;
let since;
let longest = 0;
Sqlite.prototype.prepare = function (sql) {
  const statement = prepare.call(this, sql);
  if (sql !== "BEGIN IMMEDIATE") return statement;
  const { run } = statement;
  statement.run = () => {
    since ??= performance.now();
    const result = run.call(statement);
    longest = Math.max(longest, performance.now() - since);
    since = undefined;
    return result;
  };
  return statement;
};
if (require("node:worker_threads").isMainThread) {
  process.on("exit", () => require("node:fs").writeSync(2, "@wait " + longest + "\\n"));
}`;
}

/** Four runs on one file at once: how fast together, how fair, and how long a claim waits at most. */
async function shareOneFile(): Promise<void> {
  const rates: number[] = [];
  const fairness: number[] = [];
  const waits: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const path = storagePath();
    const count = 40_000;
    const shared = createSandbox({ "shared.ts": noopExperiment(count), "wait.cjs": waitMeter() });
    const run = ["run", "shared.ts", "--storage", path, "--json", "--executor", "serial"];
    const command = ["--require", "./wait.cjs", cli, ...run];
    const runs = await Promise.all(Array.from({ length: 4 }, () => shareOf(command, shared)));
    await using storage = await openStorage(path);
    const starts: number[] = [];
    const ends: number[] = [];
    const first = new Map<string, number>();
    for await (const { run, startedAt, endedAt } of storage.eachTrial("noop")) {
      const start = Date.parse(startedAt ?? "");
      first.set(run ?? "", Math.min(start, first.get(run ?? "") ?? Infinity));
      starts.push(start);
      ends.push(Date.parse(endedAt ?? ""));
    }
    const readyAt = Math.max(...first.values());
    const counted = starts.filter((start) => start >= readyAt).length;
    rates.push(counted / ((Math.max(...ends) - readyAt) / 1000));
    fairness.push(Math.min(...runs.map(({ completed }) => completed)) / (count / 4));
    waits.push(Math.max(...runs.map(({ waitMs }) => waitMs)));
  }
  reportAtLeast("4 runs on one file, trials a second together", median(rates), 5000, "/s");
  reportAtLeast("the smallest share, of a fair one", median(fairness), 0.5);
  report("the longest wait of a claim, of all rounds", Math.max(...waits), 1000, "ms");
}

interface Share {
  readonly completed: number;
  readonly waitMs: number;
}

async function shareOf(args: readonly string[], cwd: string): Promise<Share> {
  const child = spawn(process.execPath, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  await new Promise((resolve) => child.once("close", resolve));
  const waitMs = /^@wait (\S+)$/m.exec(errors)?.[1];
  if (child.exitCode !== 0 || waitMs === undefined) throw new Error(`A run failed: ${errors}`);
  const { completed } = JSON.parse(output) as { readonly completed: number };
  return { completed, waitMs: Number(waitMs) };
}

/** How many square roots this machine does in a millisecond. */
function stepsPerMs(): number {
  const count = 20_000_000;
  const found = Array.from({ length: 5 }, () => {
    const before = performance.now();
    let x = 0;
    for (let i = 0; i < count; i += 1) x += Math.sqrt(i + x);
    return x > 0 ? count / (performance.now() - before) : 0;
  });
  return Math.round(median(found));
}

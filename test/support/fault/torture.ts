import { openStorage, type Storage } from "assay";
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createRandom, type Random } from "../../../src/util/random.ts";
import { readExecutions } from "./execution-log.ts";
import { findViolations, markOf } from "./find-violations.ts";
import { isRunning, signal, workersOf } from "./processes.ts";
import { RestartedRun } from "./restarted-run.ts";
import { killsFile, tortureExperiment } from "./torture-experiment.ts";
import { verifyDatabase } from "./verify-database.ts";

export interface TortureOptions {
  /** An empty folder. */
  readonly folder: string;
  /** What the kinds, targets and times of the kills derive from. */
  readonly seed: number;
  readonly trials: number;
  readonly kills: number;
}

/** What happened. */
export interface TortureFigures {
  readonly trials: number;
  readonly kills: number;
  readonly workersKilled: number;
  readonly coordinatorsKilled: number;
  /** Processes that were stopped for a while. */
  readonly stopped: number;
  readonly attempts: number;
  /** Attempts that ended with their coordinator; the trial was taken over. */
  readonly takenOver: number;
  /** Attempts that ended with their worker; the trial was tried again. */
  readonly retried: number;
  /** Trials of the space that are not completed at the end. */
  readonly lost: number;
  readonly seconds: number;
}

/** How long a run whose leases are short holds a trial without renewing it. */
const leaseMs = 1000;
/** Without an end by then something waits for ever. */
const patienceMs = 300_000;

const executors = ["threads", "processes", "hybrid"] as const;
const targets = ["worker", "worker", "worker", "coordinator", "both", "stop"] as const;

/**
 * Runs an experiment by several processes on one SQLite file, killing and stopping them at random and
 * starting them anew, until every trial is completed.
 * @returns the figures, and a line for each promise that was not kept
 */
export async function torture(
  options: TortureOptions,
): Promise<{ readonly figures: TortureFigures; readonly violations: readonly string[] }> {
  const { folder, seed, trials, kills } = options;
  const startedAt = performance.now();
  const file = join(folder, "experiment.ts");
  const url = `sqlite:${join(folder, "assay.db")}`;
  writeFileSync(join(folder, "package.json"), "{}");
  writeFileSync(join(folder, killsFile), "");
  writeFileSync(file, tortureExperiment(folder, trials, kills));
  const random = createRandom(seed);
  const runs = [undefined, leaseMs, leaseMs].map(
    (lease) => new RestartedRun({ file, url, leaseMs: lease, executors, random }),
  );
  const killer = new Killer(runs, random, folder);
  const watch = new Watch(url);
  const giveUp = setTimeout(() => runs.forEach((run) => run.giveUp()), patienceMs);
  try {
    await Promise.all([killer.run(kills), watch.untilOver(runs)]);
  } finally {
    clearTimeout(giveUp);
    runs.forEach((run) => run.giveUp());
  }
  const executions = readExecutions(folder);
  await using storage = await openStorage(url, { create: false });
  const found = await findViolations(storage, { name: "torture", size: trials, executions });
  const { attempts, takenOver, retried } = found;
  await watch.look(storage);
  const left = [...new Set(executions.map(({ pid }) => pid))].filter(isRunning);
  const violations = [
    ...found.violations,
    ...watch.violations,
    ...runs.flatMap((run) => run.failures),
    ...left.map((pid) => `Process ${String(pid)} was left behind`),
    ...(await verifyDatabase(folder, url)),
  ];
  const { workersKilled, coordinatorsKilled, stopped } = killer;
  const lost = trials - (await storage.countCompletedTrials("torture"));
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  const done = { trials, kills, workersKilled, coordinatorsKilled, stopped };
  return { figures: { ...done, attempts, takenOver, retried, lost, seconds }, violations };
}

/** Kills and stops. */
class Killer {
  readonly #runs: readonly RestartedRun[];
  readonly #random: Random;
  readonly #folder: string;
  workersKilled = 0;
  coordinatorsKilled = 0;
  stopped = 0;

  constructor(runs: readonly RestartedRun[], random: Random, folder: string) {
    this.#runs = runs;
    this.#random = random;
    this.#folder = folder;
  }

  /** Goes on until so many processes were killed, or the runs are over. */
  async run(kills: number): Promise<void> {
    for (let killed = 0; killed < kills;) {
      await sleep(this.#random.integer(20, 150));
      if (this.#runs.every((run) => run.isOver)) return;
      const now = Math.min(this.#act(), kills - killed);
      if (now > 0) appendFileSync(join(this.#folder, killsFile), ".".repeat(now));
      killed += now;
    }
  }

  /** How many processes it killed. */
  #act(): number {
    const pid = this.#random.pick(this.#runs).pid;
    const target = this.#random.pick(targets);
    const isAnyTime = this.#random.next() < 0.2;
    if (pid === undefined || !isRunning(pid)) return 0;
    const workers = workersOf(pid);
    if (!isAnyTime && !this.#isAtWork([pid, ...workers])) return 0;
    const worker = workers.length === 0 ? undefined : this.#random.pick(workers);
    if (target === "stop") {
      this.#stop(this.#random.next() < 0.5 ? pid : (worker ?? pid));
      return 0;
    }
    const killed = target !== "coordinator" && worker !== undefined && signal(worker, "SIGKILL");
    if (killed) this.workersKilled += 1;
    if (target === "worker" || !signal(pid, "SIGKILL")) return Number(killed);
    this.coordinatorsKilled += 1;
    return 1 + Number(killed);
  }

  /** Whether one of these processes has executed a trial: most are killed then, and some while they start. */
  #isAtWork(pids: readonly number[]): boolean {
    return readExecutions(this.#folder).some(({ pid }) => pids.includes(pid));
  }

  /** Stops a process for a time that may be longer than its leases. */
  #stop(pid: number): void {
    if (!signal(pid, "SIGSTOP")) return;
    this.stopped += 1;
    setTimeout(() => signal(pid, "SIGCONT"), this.#random.integer(20, 2 * leaseMs));
  }
}

/** Looks now and then whether what is completed stays as it is. */
class Watch {
  readonly #url: string;
  readonly #completed = new Map<number, string>();
  readonly violations: string[] = [];

  constructor(url: string) {
    this.#url = url;
  }

  async untilOver(runs: readonly RestartedRun[]): Promise<void> {
    await using storage = await openStorage(this.#url);
    while (!runs.every((run) => run.isOver)) {
      await sleep(500);
      if ((await storage.findExperiment("torture")) !== undefined) await this.look(storage);
    }
  }

  async look(storage: Storage): Promise<void> {
    const found = new Map<number, string>();
    for await (const trial of storage.eachTrial("torture")) {
      if (trial.status !== "completed") continue;
      found.set(trial.number, `${markOf(trial)} in attempt ${trial.attempt} at ${trial.endedAt}`);
    }
    for (const [number, before] of this.#completed) {
      const now = found.get(number);
      if (now === before) continue;
      this.violations.push(`torture#${number} was completed by ${before}, then by ${now}`);
    }
    for (const [number, end] of found) this.#completed.set(number, end);
  }
}

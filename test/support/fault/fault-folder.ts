import { existsSync } from "node:fs";
import { onTestFinished } from "vitest";
import { experimentFolder, until, type ExperimentFolder } from "../experiment-folder.ts";
import { runCli, runCliJson, startCli, startProgram } from "../run-cli.ts";
import { leaseProgram } from "../built-files.ts";
import type { CliResult, RunningCli } from "../run-cli.ts";
import { logExecution, readExecutions, type Execution } from "./execution-log.ts";
import { findViolations, markOf, type Findings } from "./find-violations.ts";
import { isRunning, isStopped, signal, workersOf } from "./processes.ts";
import { verifyDatabase } from "./verify-database.ts";

/** A started run. */
export interface Run extends RunningCli {
  readonly pid: number;
  /** Its worker processes that are there. */
  workers(): number[];
  /** Ends it at once and waits until it is gone. */
  kill(): Promise<void>;
}

/** An experiment in a folder of its own, and runs of it that may be killed. */
export interface FaultFolder extends ExperimentFolder {
  /** Starts `assay run` with more arguments. What it started is killed after the test. */
  run(args?: readonly string[], env?: Readonly<Record<string, string>>): Run;
  /** Starts a run whose leases are this long, without being renewed. */
  runWithLease(leaseMs: number, executor: string, env?: Readonly<Record<string, string>>): Run;
  executions(): Execution[];
  /** Waits until `first()` was true for a trial. */
  isHeld(): Promise<void>;
  /** Waits until trials of some numbers are running, or were. */
  executed(...numbers: readonly number[]): Promise<void>;
  /**
   * Runs the rest and checks all that has to hold then: the exit code is 0, no trial is lost, none was
   * completed twice, what was completed before was left alone, attempts are readable, no process is left.
   */
  finish(args?: readonly string[], env?: Readonly<Record<string, string>>): Promise<Findings>;
  /** Checks the same without a run. */
  check(): Promise<Findings>;
}

export interface FaultSource {
  /** How many trials there are. Default 12. */
  readonly size?: number;
  /** What a trial does; it finds its number as `n`, and `first()`, true for the first to ask in the folder. */
  readonly body: string;
  /** What stands before the experiment. */
  readonly before?: string;
  /** More of the definition, such as `setup`. */
  readonly more?: string;
  /** The URL of its storage. Default: a file in the folder. */
  readonly storage?: string;
}

/** A folder with an experiment named "faulty" that writes down what it executes. */
export async function faultFolder(source: FaultSource): Promise<FaultFolder> {
  const { size = 12, body, before = "", more = "", storage: url } = source;
  const text = `
${before}
const first = () => {
  try {
    writeFileSync(folder + "first", "", { flag: "wx" });
    return true;
  } catch {
    return false;
  }
};
export default defineExperiment({
  name: "faulty",
  space: { n: linspace(0, ${String(size - 1)}, ${String(size)}) },
  ${more}
  run: async ({ n }, trial) => {${logExecution}
    ${body}
    return { n, mark };
  },
});`;
  const folder = await experimentFolder(text, {}, url);
  const cwd = folder.root;
  const storageEnv = { ASSAY_STORAGE: folder.url };
  const executions = (): Execution[] => readExecutions(cwd);
  const started = (running: RunningCli): Run => {
    const pid = running.child.pid ?? 0;
    const kill = async (): Promise<void> => {
      running.child.kill("SIGKILL");
      await running.ended;
    };
    onTestFinished(kill);
    return { ...running, pid, workers: () => workersOf(pid), kill };
  };

  async function check(): Promise<Findings> {
    const storage = await folder.open({ create: false });
    const expected = { name: "faulty", size, executions: executions() };
    const { violations, ...figures } = await findViolations(storage, expected);
    const found = [...violations, ...(await verifyDatabase(cwd, folder.url))];
    for (const { number, attempt } of await storage.getTrials("faulty")) {
      if (attempt > 1) found.push(...(await attemptViolations(folder, number, attempt)));
    }
    await until(() => !executions().some(({ pid }) => pid !== process.pid && isRunning(pid)));
    if (found.length > 0) throw new Error(found.join("\n"));
    return { violations, ...figures };
  }

  async function finish(
    args: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Findings> {
    const storage = await folder.open();
    const exists = (await storage.findExperiment("faulty")) !== undefined;
    const before = exists ? await storage.fetchTrialsByStatus("faulty", "completed") : [];
    const ranBefore = executions().length;
    const { code, stdout, stderr } = await runCli(
      ["run", "experiment.ts", "--no-progress", ...args],
      { cwd, env: { ...storageEnv, ...env } },
    );
    if (code !== 0) throw new Error(`The next run ended with ${String(code)}: ${stdout}${stderr}`);
    const since = new Set(
      executions()
        .slice(ranBefore)
        .map(({ number }) => number),
    );
    const findings = await check();
    for (const trial of before) {
      const now = await storage.getTrial(trial.id);
      if (since.has(trial.number) || markOf(now) !== markOf(trial)) {
        throw new Error(`Trial ${String(trial.number)} was completed, and run again`);
      }
    }
    return findings;
  }

  return {
    ...folder,
    run: (args = [], env = {}) =>
      started(
        startCli(["run", "experiment.ts", "--no-progress", ...args], {
          cwd,
          env: { ...storageEnv, ...env },
        }),
      ),
    runWithLease: (leaseMs, executor, env = {}) =>
      started(
        startProgram([leaseProgram, folder.file, folder.url, String(leaseMs), executor, "2"], {
          cwd,
          env,
        }),
      ),
    executions,
    isHeld: async () => await until(() => existsSync(folder.path("first"))),
    executed: async (...numbers) => {
      await until(() => {
        const ran = new Set(executions().map(({ number }) => number));
        return numbers.every((number) => ran.has(number));
      });
    },
    finish,
    check,
  };
}

/** What is wrong with how `assay trial` shows the attempts of a trial. */
async function attemptViolations(
  { root, url }: ExperimentFolder,
  number: number,
  attempt: number,
): Promise<string[]> {
  const name = `faulty#${String(number)}`;
  const options = { cwd: root, env: { ASSAY_STORAGE: url } };
  const { attempts } = await runCliJson<{ attempts: { status: string; error: unknown }[] }>(
    ["trial", name],
    options,
  );
  const text = await runCli(["trial", name], options);
  const isWhole = attempts.length === attempt && attempts.at(-1)?.status === "completed";
  if (isWhole && text.code === 0) return [];
  return [`assay trial ${name} shows ${JSON.stringify(attempts)}: ${text.stdout}${text.stderr}`];
}

/** Stops a process. What is returned continues it, which is done after the test at the latest. */
export async function stop(pid: number): Promise<() => void> {
  const go = (): void => void signal(pid, "SIGCONT");
  onTestFinished(go);
  signal(pid, "SIGSTOP");
  await until(() => isStopped(pid) || !isRunning(pid));
  return go;
}

/** How a run ended, which has to be with this exit code. */
export async function endOf(run: Run, code: number): Promise<CliResult> {
  const result = await run.ended;
  if (result.code !== code) {
    throw new Error(`The run ended with ${String(result.code)}: ${result.stdout}${result.stderr}`);
  }
  return result;
}

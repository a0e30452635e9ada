import { spawnSync } from "node:child_process";

/** What a whole command took. */
export interface Usage {
  readonly wallMs: number;
  /** User and system time of the process and its threads. */
  readonly cpuMs: number;
  readonly maxRssMb: number;
}

/** Runs a command to its end, by the shell's own clock, and fails with its output when it fails. */
export function runCommand(
  command: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Usage {
  const quoted = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  const script = `TIMEFORMAT='@@ %R %U %S'; time ${quoted}`;
  const { status, stdout, stderr } = spawnSync("bash", ["-c", script], {
    ...options,
    encoding: "utf8",
  });
  const times = /@@ (\S+) (\S+) (\S+)\s*$/.exec(stderr);
  if (status !== 0 || times === null) {
    throw new Error(`${command.join(" ")} failed (${String(status)}):\n${stdout}${stderr}`);
  }
  const [wall = 0, user = 0, system = 0] = times.slice(1).map(Number);
  const rss = [...stderr.matchAll(/@rss (\d+)/g)].at(-1)?.[1];
  return { wallMs: wall * 1000, cpuMs: (user + system) * 1000, maxRssMb: Number(rss ?? 0) / 1024 };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? NaN) + high) / 2;
}

/** Measures several things in turn, `rounds` times, and returns the medians of each. */
export async function inTurn<Name extends string>(
  rounds: number,
  things: Readonly<Record<Name, () => Promise<number> | number>>,
): Promise<Record<Name, number>> {
  const names = Object.keys(things) as Name[];
  const found = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) found.get(name)?.push(await things[name]());
  }
  const medians = names.map((name) => [name, median(found.get(name) ?? [])] as const);
  return Object.fromEntries(medians) as Record<Name, number>;
}

/** Prints a figure beside what is asked of it. */
export function report(what: string, figure: number, limit: number, unit = "x"): void {
  const sign = figure <= limit ? "ok" : "TOO HIGH";
  console.log(`${what}: ${figure.toPrecision(3)} ${unit} (at most ${String(limit)}) ${sign}`);
}

/** Prints a figure that is wanted high. */
export function reportAtLeast(what: string, figure: number, limit: number, unit = "x"): void {
  const sign = figure >= limit ? "ok" : "TOO LOW";
  console.log(`${what}: ${figure.toPrecision(3)} ${unit} (at least ${String(limit)}) ${sign}`);
}

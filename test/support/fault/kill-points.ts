import { cp, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { projectFolder, type ProjectFolder } from "../project-folder.ts";

const failpoint = fileURLToPath(new URL("failpoint.mjs", import.meta.url));
/** So many places of a scenario are tried; with ASSAY_TEST_ALL all of them. */
const triedPlaces = process.env["ASSAY_TEST_ALL"] === undefined ? 10 : Infinity;
/** So many are tried at a time. */
const lanes = 2;

/** How a process ended: null when a signal ended it. */
interface Ended {
  readonly code: number | null;
  readonly stderr: string;
}

/** Something that is killed between its database operations, and what is expected afterwards. */
export interface Scenario {
  readonly files: Readonly<Record<string, string>>;
  /** What happens before, once for all places. */
  prepare?(folder: ProjectFolder): Promise<unknown>;
  /** Does it, in a process with these variables in its environment. */
  act(folder: ProjectFolder, env: Readonly<Record<string, string>>): Promise<Ended>;
  /** Goes on after it was killed, or was not, and expects everything to be as it should. */
  recover(folder: ProjectFolder): Promise<unknown>;
}

/** The environment that kills a process at a place such as "before 12". */
export function killedAt(place: string): Readonly<Record<string, string>> {
  return { NODE_OPTIONS: `--import ${failpoint}`, ASSAY_TEST_KILL_AT: place };
}

/** The environment in which a person presses Ctrl-C at such a place, so many times. */
export function interruptedAt(place: string, times = 1): Readonly<Record<string, string>> {
  return { ...killedAt(place), ASSAY_TEST_SIGNALS: Array(times).fill("SIGINT").join(" ") };
}

/**
 * Lets a scenario run once to list its database operations; then kills it before and after each of them, each
 * time from the beginning. Fails with what was not as it should be, by place.
 */
export async function killEverywhere(scenario: Scenario): Promise<void> {
  const template = await projectFolder(scenario.files);
  await scenario.prepare?.(template);
  const copy = async (): Promise<ProjectFolder> => {
    const folder = await projectFolder({});
    await cp(template.root, folder.root, { recursive: true });
    return folder;
  };

  const whole = await copy();
  const list = whole.path("operations");
  const listing = { ...killedAt(""), ASSAY_TEST_OPERATIONS: list };
  expect(await scenario.act(whole, listing)).toMatchObject({ code: 0 });
  const operations = (await readFile(list, "utf8")).trim().split("\n");
  await scenario.recover(whole);

  const places = operations.flatMap((sql, i) =>
    ["before", "after"].map((side) => ({ place: `${side} ${String(i + 1)}`, sql })),
  );
  const failures: string[] = [];
  let kills = 0;
  const tryAt = async ({ place, sql }: (typeof places)[number]): Promise<void> => {
    const folder = await copy();
    try {
      const { code, stderr } = await scenario.act(folder, killedAt(place));
      if (code === null) kills += 1;
      else expect(stderr).toBe("");
      await scenario.recover(folder);
    } catch (error) {
      failures.push(`${place} (${sql}): ${String(error)}`);
    }
  };
  const waiting = evenly(places, triedPlaces);
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await tryAt(next);
  };
  const tried = waiting.length;
  await Promise.all(Array.from({ length: lanes }, lane));
  expect(failures).toEqual([]);
  // Another run may commit in fewer groups than the one that was listed, but not in many fewer.
  expect(kills).toBeGreaterThan(tried / 2);
}

/** So many items of a list, spread over all of it. */
function evenly<Item>(items: readonly Item[], count: number): Item[] {
  if (items.length <= count) return [...items];
  const step = items.length / count;
  return Array.from({ length: count }, (_, i) => items[Math.floor(i * step)]).filter(
    (item) => item !== undefined,
  );
}

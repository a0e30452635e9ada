import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where distributions put libfaketime: with the architecture between, or without. */
const folders = ["/usr/lib", ...subfolders("/usr/lib"), "/usr/local/lib", "/usr/lib64"];

function subfolders(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.includes("linux"))
    .map((name) => join(folder, name));
}

/** The library that gives a program another wall clock; undefined where it is not installed. */
export const clockLibrary: string | undefined = folders
  .map((folder) => join(folder, "faketime/libfaketimeMT.so.1"))
  .find(existsSync);

/** A wall clock that can be set while programs run by it. */
export interface SettableClock {
  /** Has a program, and those that it starts, run by this clock. */
  readonly env: Readonly<Record<string, string>>;
  /** Sets it to the machine's time and so many hours. */
  set(hours: number): void;
}

/** A wall clock that tells the machine's time until it is set. Monotonic time is not touched by it. */
export function settableClock(file: string): SettableClock {
  const set = (hours: number): void =>
    writeFileSync(file, `${hours < 0 ? "-" : "+"}${String(Math.abs(hours))}h\n`);
  set(0);
  return {
    env: {
      LD_PRELOAD: clockLibrary ?? "libfaketime is missing",
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
      NO_FAKE_STAT: "1",
    },
    set,
  };
}

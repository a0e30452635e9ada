import { readlinkSync } from "node:fs";

/** The number of this thread in the system; 0 where that does not tell. */
export function taskNumber(): number {
  try {
    // PID/task/NUMBER
    return Number(readlinkSync("/proc/thread-self").split("/")[2] ?? 0);
  } catch {
    return 0;
  }
}

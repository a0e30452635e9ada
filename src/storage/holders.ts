import { isProcessGone, processIdentity } from "../util/boot.ts";

let holders = 0;
const ended = new Set<string>();

/** A name for who holds trials and runs in this process, of its own each time. */
export function newHolder(): string {
  holders += 1;
  return `${processIdentity()} ${String(holders)}`;
}

/**
 * A holder of this process is over though it may be recorded as holding something: nothing could be written
 * any more. This process takes that for free; others do when it is gone.
 */
export function endHolder(holder: string): void {
  ended.add(holder);
}

/**
 * Tells of holders of trials and runs whether they are provably gone: their process is, or they are over. To be made anew for each
 * question: it looks at each process once.
 */
export function holderCheck(): (holder: string) => boolean {
  const gone = new Map<string, boolean>();
  return (holder) => {
    if (ended.has(holder)) return true;
    // Behind a space comes a name within the process.
    const process = holder.split(" ")[0] ?? holder;
    const known = gone.get(process) ?? isProcessGone(process);
    gone.set(process, known);
    return known;
  };
}

import { setTimeout as sleep } from "node:timers/promises";

const patience = 100;

/**
 * Looks at several documents that others may be changing: again and again until what marks a change was the
 * same before and after. Undefined when that never was; then nothing can be said.
 */
export async function settled<Seen>(
  mark: () => Promise<string>,
  look: () => Promise<Seen>,
): Promise<Seen | undefined> {
  let before = await mark();
  for (let tries = 0; tries < patience; tries += 1) {
    const seen = await look();
    const after = await mark();
    if (after === before) return seen;
    before = after;
    await sleep(Math.random() * Math.min(20, tries));
  }
  return undefined;
}

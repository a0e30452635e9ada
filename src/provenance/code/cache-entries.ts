import { readdir, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { writeIfDifferent } from "./write-file.ts";

const dayMs = 24 * 3600 * 1000;
/** What nobody used for so long is removed. */
const unusedMs = 30 * dayMs;

/** Bundles, modules and their source maps, and what a process that was killed left of writing one. */
const ours = /^[0-9a-f]{32}\.json|^[0-9a-f]{16}-[0-9a-f]{16}\.mjs/;

/** The modules that this process may import again, as long as it lives. */
const imported = new Set<string>();

/**
 * Makes files of a cache folder have their texts, and marks them as used now. When one of them is new, what
 * nobody used for 30 days is removed: a folder that does not grow is not looked through.
 */
export async function writeEntries(
  folder: string,
  texts: Readonly<Record<string, string>>,
): Promise<void> {
  let isNew = false;
  for (const [name, text] of Object.entries(texts)) {
    const path = join(folder, name);
    // Marked first: a process that removes what is old shall not find it so.
    await markUsed(path);
    isNew = (await writeIfDifferent(path, text)) || isNew;
  }
  if (isNew) await prune(folder);
}

/** Marks a file as used now, if it is there and was not marked today. */
export async function markUsed(path: string): Promise<void> {
  const now = new Date();
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || now.getTime() - found.mtimeMs < dayMs) return;
  // Somebody else's file may not be marked; it is as good until it is removed, and then written again.
  await utimes(path, now, now).catch(() => undefined);
}

/** Marks files as used every day while this process lives: its workers may import them at any time. */
export function keepUsed(paths: readonly string[]): void {
  if (imported.size === 0) {
    setInterval(() => {
      for (const path of imported) void markUsed(path);
    }, dayMs).unref();
  }
  for (const path of paths) imported.add(path);
}

async function prune(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((candidate) => ours.test(candidate))) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined || Date.now() - found.mtimeMs < unusedMs) continue;
    await rm(path, { force: true }).catch(() => undefined);
  }
}

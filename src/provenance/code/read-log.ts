import { readdir, readFile } from "node:fs/promises";
import { hashText } from "../../values/canonical.ts";

/** Hashes of what was read, by absolute path; null for what was looked for and not there. */
export type Fingerprints = Readonly<Record<string, string | null>>;

/** A record of everything on disk that decided how a bundle came out, to see later whether it changed. */
export class ReadLog {
  readonly #prints = new Map<string, string | null>();

  get fingerprints(): Fingerprints {
    return Object.fromEntries([...this.#prints].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** The text of a file, or undefined when it cannot be read. */
  async read(path: string): Promise<string | undefined> {
    const text = await readText(path);
    this.#prints.set(path, text === undefined ? null : hashText(text));
    return text;
  }

  /** Notes which source files a folder has: another one can change what an import leads to. */
  async list(folder: string): Promise<void> {
    const path = `${folder}/`;
    this.#prints.set(path, await fingerprint(path));
  }
}

/** True when everything that was read is still as it was. */
export async function isUnchanged(prints: Fingerprints): Promise<boolean> {
  const same = await Promise.all(
    Object.entries(prints).map(async ([path, print]) => (await fingerprint(path)) === print),
  );
  return same.every(Boolean);
}

async function fingerprint(path: string): Promise<string | null> {
  if (!path.endsWith("/")) {
    const text = await readText(path);
    return text === undefined ? null : hashText(text);
  }
  const names = await readdir(path).catch(() => undefined);
  if (names === undefined) return null;
  return hashText(JSON.stringify(names.filter((name) => /\.[cm]?[jt]sx?$/.test(name)).sort()));
}

async function readText(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch(() => undefined);
}

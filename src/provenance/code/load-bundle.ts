import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { ownVersion } from "../../util/own-package.ts";
import { shortHash } from "../../values/canonical.ts";
import { bundleExperiment } from "./bundle-file.ts";
import { markUsed, writeEntries } from "./cache-entries.ts";
import { cacheFolder } from "./cache-folder.ts";
import { type CodeBundle, isCodeBundle } from "./code-bundle.ts";
import { type ExperimentFile, findExperimentFile } from "./experiment-file.ts";
import { type Fingerprints, isUnchanged } from "./read-log.ts";

/** What is kept of the last time a file was bundled. */
interface CacheEntry {
  /** The versions of the tools that bundled it. */
  readonly tools: string;
  readonly root: string;
  readonly fingerprints: Fingerprints;
  readonly bundle: CodeBundle;
}

/**
 * The bundle of an experiment file, as `bundleFile` makes it and with its errors. While nothing that it was
 * made from has changed it is read from a cache, which saves starting the bundler.
 */
export async function loadBundle(path: string | URL): Promise<CodeBundle> {
  const file = await findExperimentFile(path);
  const folder = await cacheFolder(file.root);
  const name = `${shortHash(file.path)}.json`;
  const cached = await readCache(join(folder, name), file);
  if (cached !== undefined) return cached;
  const { bundle, fingerprints } = await bundleExperiment(file);
  const entry: CacheEntry = { tools: toolVersions(), root: file.root, fingerprints, bundle };
  // Without the cache the next start is slower, and that is all.
  await writeEntries(folder, { [name]: JSON.stringify(entry) }).catch(() => undefined);
  return bundle;
}

/** The cached bundle if it is of now; undefined for whatever else the cache holds. */
async function readCache(path: string, { root }: ExperimentFile): Promise<CodeBundle | undefined> {
  try {
    const entry = JSON.parse(await readFile(path, "utf8")) as CacheEntry;
    if (entry.tools !== toolVersions() || entry.root !== root) return undefined;
    if (!isCodeBundle(entry.bundle) || !(await isUnchanged(entry.fingerprints))) return undefined;
    await markUsed(path);
    return entry.bundle;
  } catch {
    return undefined;
  }
}

function toolVersions(): string {
  const require = createRequire(import.meta.url);
  const { version } = require("esbuild/package.json") as { readonly version: string };
  return `assay ${ownVersion()}, esbuild ${version}`;
}

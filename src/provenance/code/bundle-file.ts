import type { BuildResult, Plugin } from "esbuild";
import { dirname, join, resolve } from "node:path";
import { codeHash } from "../../model/identity.ts";
import { isBuildFailure, toBuildError } from "./build-error.ts";
import type { CodeBundle } from "./code-bundle.ts";
import { type ExperimentFile, findExperimentFile, foldersUpwards } from "./experiment-file.ts";
import { headMark, placesHead } from "./file-places.ts";
import { readSources } from "./read-sources.ts";
import { type Fingerprints, ReadLog } from "./read-log.ts";
import { relativePath } from "./relative-path.ts";
import { type ImportedPackage, resolveImports } from "./resolve-imports.ts";
import { normalSourceMap } from "./source-map.ts";

/** A bundle, and what it was made from as it was then. */
export interface FreshBundle {
  readonly bundle: CodeBundle;
  readonly fingerprints: Fingerprints;
}

/**
 * Bundles an experiment file (TypeScript or JavaScript) with the project's files that it imports.
 * `NOT_FOUND` when there is no such file, `INVALID_FILE` when it or a file that it imports has an error.
 */
export async function bundleFile(path: string | URL): Promise<CodeBundle> {
  const { bundle } = await bundleExperiment(await findExperimentFile(path));
  return bundle;
}

/** Bundles a file that was found. Errors are those of `bundleFile`. */
export async function bundleExperiment(file: ExperimentFile): Promise<FreshBundle> {
  const { path, root } = file;
  const log = new ReadLog();
  const places = new Set<string>();
  const imported = new Map<string, ImportedPackage>();
  const { outputFiles, metafile } = await build(file, [
    resolveImports(root, log, imported),
    readSources(root, log, places),
  ]);
  const [map, code] = outputFiles;
  if (map === undefined || code === undefined) throw new Error("esbuild gave no bundle");

  const entry = relativePath(root, path);
  const source = code.text.replace(headMark, () => placesHead(entry, [...places].sort()));
  const inputs = Object.keys(metafile.inputs).sort();
  const packages = packagesOf(metafile, imported);
  await logSettings(inputs, root, log);
  return {
    bundle: {
      hash: codeHash(source, packages),
      source,
      sourceMap: normalSourceMap(map.text, root),
      entry,
      packages,
      inputs,
    },
    fingerprints: log.fingerprints,
  };
}

type Output = BuildResult<{ metafile: true; write: false }>;

let building = 0;

/** Runs esbuild, loaded only now, and ends its process, which would keep this one alive. */
async function build({ path, root }: ExperimentFile, plugins: readonly Plugin[]): Promise<Output> {
  const esbuild = await import("esbuild");
  building += 1;
  try {
    return await esbuild.build({
      absWorkingDir: root,
      entryPoints: [path],
      outfile: join(root, "bundle.mjs"),
      bundle: true,
      write: false,
      metafile: true,
      format: "esm",
      platform: "node",
      target: "node20.19",
      // Those of Node only: "module", which esbuild adds by default, is of bundlers.
      conditions: [],
      charset: "utf8",
      sourcemap: "external",
      sourcesContent: true,
      banner: { js: headMark },
      plugins: [...plugins],
      logLevel: "silent",
    });
  } catch (error) {
    throw isBuildFailure(error) ? await toBuildError(error, root) : error;
  } finally {
    building -= 1;
    if (building === 0) await esbuild.stop();
  }
}

/** The packages whose imports are left in the bundle. */
function packagesOf(
  { outputs }: Output["metafile"],
  imported: ReadonlyMap<string, ImportedPackage>,
): Readonly<Record<string, string>> {
  const specifiers = Object.values(outputs).flatMap(({ imports }) => imports);
  const found = specifiers.flatMap(({ path }) => imported.get(path) ?? []);
  const versions = found.map(({ key, version }) => [key, version] as const);
  return Object.fromEntries(versions.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Notes what besides the files' content decides how they are compiled and what their imports mean. */
async function logSettings(inputs: readonly string[], root: string, log: ReadLog): Promise<void> {
  const folders = new Set(inputs.map((input) => dirname(join(root, input))));
  const above = new Set([...folders].flatMap(foldersUpwards));
  const settings = ["package.json", "tsconfig.json", "tsconfig.base.json"];
  await Promise.all([
    ...[...folders].map((folder) => log.list(folder)),
    ...[...above].flatMap((folder) =>
      settings.map(async (name) => await logSetting(join(folder, name), log, new Set())),
    ),
  ]);
}

/** Notes a file of settings and those that it extends, wherever they are. */
async function logSetting(path: string, log: ReadLog, seen: Set<string>): Promise<void> {
  if (seen.has(path)) return;
  seen.add(path);
  const text = await log.read(path);
  // Settings are JSON with comments: what looks like the field in a comment costs a look, and no more.
  const value = /"extends"\s*:\s*("[^"]*"|\[[^\]]*\])/.exec(text ?? "")?.[1] ?? "";
  for (const [, name = ""] of value.matchAll(/"([^"]*)"/g)) {
    for (const file of extendedFiles(path, name)) await logSetting(file, log, seen);
  }
}

/** The files that a name in `extends` can mean: a path, or something in a package. */
function extendedFiles(from: string, name: string): readonly string[] {
  const withEnding = name.endsWith(".json")
    ? [name]
    : [`${name}.json`, join(name, "tsconfig.json")];
  if (/^\.{0,2}\//.test(name)) return withEnding.map((file) => resolve(dirname(from), file));
  return foldersUpwards(dirname(from)).flatMap((folder) =>
    withEnding.map((file) => join(folder, "node_modules", file)),
  );
}

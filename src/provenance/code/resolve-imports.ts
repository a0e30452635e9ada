import type { OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from "esbuild";
import { isBuiltin } from "node:module";
import { join, resolve } from "node:path";
import { didYouMean } from "../../util/nearest.ts";
import {
  installedFolder,
  packageFolder,
  packageName,
  packageVersion,
} from "./imported-packages.ts";
import { assayImports, placeholderUrl } from "./placeholders.ts";
import type { ReadLog } from "./read-log.ts";
import { relativePath } from "./relative-path.ts";

/** A package that stays outside of the bundle. */
export interface ImportedPackage {
  /** Its name, or its folder relative to the root where the name leads elsewhere from the root. */
  readonly key: string;
  readonly version: string;
}

const asked = Symbol("asked by resolveImports");

/**
 * Decides for every import of a bundle: the running Assay, files of the project (workspace packages
 * too, which a symbolic link in node_modules leads to) are bundled, packages are not. What it says of
 * packages goes into `packages`, under the specifier that stands in the bundle.
 */
export function resolveImports(
  root: string,
  log: ReadLog,
  packages: Map<string, ImportedPackage>,
): Plugin {
  return {
    name: "assay-imports",
    setup(build) {
      build.onResolve({ filter: /.*/ }, async (args) => {
        if (args.kind === "entry-point" || args.pluginData === asked) return undefined;
        const placeholder = assayImports.get(args.path);
        if (placeholder !== undefined) return { path: placeholder, external: true };
        if (packageName(args.path) === "assay") return unknownPart(args.path);
        if (isBuiltin(args.path)) return { path: args.path, external: true };
        if (/^\.{0,2}(\/|$)/.test(args.path)) return nativeAddon(args, root);
        return bareImport(args, build);
      });
    },
  };

  async function bareImport(
    args: OnResolveArgs,
    build: PluginBuild,
  ): Promise<OnResolveResult | undefined> {
    const { importer, kind, resolveDir, path: specifier } = args;
    const found = await build.resolve(specifier, {
      importer,
      kind,
      resolveDir,
      namespace: "file",
      pluginData: asked,
    });
    const name = packageName(specifier);
    if (found.errors.length > 0) {
      if (specifier.startsWith("#")) return undefined;
      // It may be optional, so it is an error only when the code that imports it runs.
      await installedFolder(name, resolveDir, log);
      return { path: specifier, external: true };
    }
    const folder = packageFolder(found.path);
    if (folder === undefined) return { path: found.path, sideEffects: found.sideEffects };
    const version = await packageVersion(folder, log);
    await installedFolder(name, resolveDir, log);
    if ((await installedFolder(name, root, log)) === folder) {
      packages.set(specifier, { key: name, version });
      return { path: specifier, external: true };
    }
    const path = placeholderUrl(relativePath(root, found.path));
    packages.set(path, { key: relativePath(root, folder), version });
    return { path, external: true };
  }
}

function unknownPart(specifier: string): OnResolveResult {
  const known = [...assayImports.keys()];
  const text = `Assay has no "${specifier}"${didYouMean(specifier, known)} (one of ${known.join(", ")})`;
  return { errors: [{ text }] };
}

/** Compiled addons cannot be bundled: they are loaded from where they are. */
function nativeAddon(args: OnResolveArgs, root: string): OnResolveResult | undefined {
  if (!args.path.endsWith(".node")) return undefined;
  const path = join(resolve(args.resolveDir), args.path);
  return { path: placeholderUrl(relativePath(root, path)), external: true };
}

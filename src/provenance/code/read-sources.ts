import type { Loader, OnLoadResult, Plugin, PluginBuild } from "esbuild";
import { dirname, extname } from "node:path";
import { isBuildFailure } from "./build-error.ts";
import { mayAskForPlace, placeDefines } from "./file-places.ts";
import type { ReadLog } from "./read-log.ts";
import { relativePath } from "./relative-path.ts";

const loaders: Readonly<Record<string, Loader>> = {
  ".ts": "ts",
  ".mts": "ts",
  ".cts": "ts",
  ".tsx": "tsx",
  ".js": "js",
  ".mjs": "js",
  ".cjs": "js",
  ".jsx": "jsx",
  ".json": "json",
};

/**
 * Reads the files of a bundle through the log, and makes each that asks for its own place (`import.meta`,
 * `__dirname`, …) ask for the original one. Their paths, relative to the root, go into `places`.
 */
export function readSources(root: string, log: ReadLog, places: Set<string>): Plugin {
  return {
    name: "assay-sources",
    setup(build) {
      build.onLoad({ filter: /.*/, namespace: "file" }, async ({ path, with: attributes }) => {
        const contents = await log.read(path);
        const loader = loaders[extname(path)];
        const otherType = (attributes["type"] ?? "json") !== "json";
        if (contents === undefined || loader === undefined || otherType) return undefined;
        if (loader === "json" || !mayAskForPlace(contents)) return { contents, loader };
        return withOriginalPlace(path, build);
      });
    },
  };

  /**
   * The file compiled alone, so that what is replaced is decided by its syntax and scopes. Its source map
   * comes inline and is chained with the bundle's.
   */
  async function withOriginalPlace(path: string, { esbuild }: PluginBuild): Promise<OnLoadResult> {
    const place = relativePath(root, path);
    try {
      const { outputFiles } = await esbuild.build({
        absWorkingDir: root,
        entryPoints: [path],
        outdir: dirname(path),
        bundle: false,
        write: false,
        platform: "node",
        charset: "utf8",
        sourcemap: "inline",
        define: placeDefines(place),
        logLevel: "silent",
      });
      places.add(place);
      return { contents: outputFiles.map(({ text }) => text).join(""), loader: "js" };
    } catch (error) {
      if (isBuildFailure(error)) return { errors: error.errors };
      throw error;
    }
  }
}

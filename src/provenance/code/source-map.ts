import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { relativePath, toUrlPath } from "./relative-path.ts";

/** The members of a source map, version 3, that depend on where files are: URLs. */
interface SourcePlaces {
  readonly sources: readonly string[];
}

/** A source map whose sources are relative to the root, whatever the files' own source maps said. */
export function normalSourceMap(json: string, root: string): string {
  return withSources(json, (source) => {
    if (!/^(\/|file:)/.test(source)) return source;
    return toUrlPath(relativePath(root, fileURLToPath(new URL(source, "file:///"))));
  });
}

/** A normal source map with the URLs of the files below a root: what Node shows in stack traces. */
export function sourceMapAt(json: string, root: string): string {
  const base = pathToFileURL(join(root, "/"));
  return withSources(json, (source) => new URL(source, base).href);
}

function withSources(json: string, change: (source: string) => string): string {
  const map = JSON.parse(json) as SourcePlaces;
  return JSON.stringify({ ...map, sources: map.sources.map(change) });
}

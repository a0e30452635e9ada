import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

/*
 * Where Assay itself is. Found by its own name, because the place of a module within the package says
 * nothing once modules are bundled.
 */
const manifest = createRequire(import.meta.url).resolve("assay/package.json");

/** The URL of a built file of Assay, by its path in `dist`. */
export function builtFile(path: string): URL {
  return new URL(`dist/${path}`, pathToFileURL(manifest));
}

/** The version of this Assay. */
export function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { readonly version: string };
  return version;
}

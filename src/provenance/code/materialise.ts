import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { hashText } from "../../values/canonical.ts";
import { keepUsed, writeEntries } from "./cache-entries.ts";
import { cacheFolder } from "./cache-folder.ts";
import type { CodeBundle } from "./code-bundle.ts";
import { fillPlaceholders, runningAssay } from "./placeholders.ts";
import { sourceMapAt } from "./source-map.ts";

/**
 * Writes a bundle as a module that this machine can import, with its source map, and returns the `file:` URL.
 *
 * `root` is the project's folder here. Under `process.setSourceMapsEnabled(true)` stack traces of the
 * module name the original files. `import "assay"` in it is `assay`, the URL of Assay's entry.
 */
export async function materialise(
  bundle: CodeBundle,
  root: string,
  assay: URL = runningAssay,
): Promise<string> {
  const place = resolve(root);
  const code = fillPlaceholders(bundle.source, place, assay);
  const map = sourceMapAt(bundle.sourceMap, place);
  // What is written depends on more than the code: with the rest in its name, no two writers of one
  // file want different contents.
  const name = `${bundle.hash.slice(0, 16)}-${hashText(code + map).slice(0, 16)}.mjs`;
  const folder = await cacheFolder(place);
  await writeEntries(folder, {
    [`${name}.map`]: map,
    [name]: `${code}//# sourceMappingURL=${name}.map\n`,
  });
  const path = join(folder, name);
  keepUsed([`${path}.map`, path]);
  return pathToFileURL(path).href;
}

import { pathToFileURL } from "node:url";
import { builtFile } from "../../util/own-package.ts";
import { toUrlPath } from "./relative-path.ts";

/** Makes the placeholders unique; kept apart from them, so that this file can be bundled too. */
const mark = "9f3c61d27b40";

const rootPlaceholder = `assay-root-${mark}:`;
const runningPlaceholder = `assay-running-${mark}:`;

/** What an experiment file may import of Assay, and the placeholders that stand for it. */
export const assayImports: ReadonlyMap<string, string> = new Map([
  ["assay", `${runningPlaceholder}index`],
  ["assay/testing", `${runningPlaceholder}testing`],
]);

/**
 * The entry of the Assay that runs now: the copy that experiment files get. In Assay's own sources, which
 * Node cannot import, it is the copy built from them.
 */
export const runningAssay: URL = builtFile("index.js");

/** The machine-independent URL of a file; `path` is relative to the root, with forward slashes. */
export function placeholderUrl(path: string): string {
  return `${rootPlaceholder}/${toUrlPath(path)}`;
}

/** The source as this machine can run it: `root` is a folder, `assay` the URL of the entry of Assay. */
export function fillPlaceholders(source: string, root: string, assay: URL): string {
  const values: readonly (readonly [placeholder: string, url: URL])[] = [
    [`${runningPlaceholder}index`, assay],
    [`${runningPlaceholder}testing`, new URL("testing/index.js", assay)],
    [rootPlaceholder, pathToFileURL(root)],
  ];
  return values.reduce(
    // Placeholders stand in double quotes, and a URL has none.
    (text, [placeholder, url]) => text.replaceAll(placeholder, () => url.href.replace(/\/$/, "")),
    source,
  );
}

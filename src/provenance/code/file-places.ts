import { hashText } from "../../values/canonical.ts";
import { placeholderUrl } from "./placeholders.ts";

/**
 * The line that the bundler puts at the top of a bundle and `placesHead` takes the place of: which files
 * ask for their place is known only when all were read, and one line for one keeps the source map right.
 */
export const headMark = '"assay:places";';

/** The global name under which a bundled file finds its place; `path` is relative to the root. */
function placeName(path: string): string {
  return `$assay_${hashText(path).slice(0, 12)}`;
}

/**
 * What to put where a bundled file asks for its own place, for the `define` option of esbuild. All that a
 * module knows of its place is then of the original file and not of the bundle.
 */
export function placeDefines(path: string): Readonly<Record<string, string>> {
  const name = placeName(path);
  return {
    "import.meta": name,
    __filename: `${name}.filename`,
    __dirname: `${name}.dirname`,
    "require.resolve": `${name}.require.resolve`,
  };
}

/** A cheap sign that a file may ask for its place; a false alarm costs a millisecond. */
export function mayAskForPlace(text: string): boolean {
  return /import\.meta|__filename|__dirname|require\.resolve/.test(text);
}

/** What a bundled module needs to know of a file, and a `require` that also takes `file:` URLs. */
const placeFunction = [
  `import { dirname as $assayDirname } from "node:path";`,
  `import { createRequire as $assayCreateRequire } from "node:module";`,
  `import { fileURLToPath as $assayToPath } from "node:url";`,
  `const $assayPlace = (place) => {`,
  `const url = new URL(place).href;`,
  `const inner = $assayCreateRequire(url);`,
  `const target = (id) => String(id).startsWith("file:") ? $assayToPath(id) : id;`,
  `const require = Object.assign((id) => inner(target(id)), inner);`,
  `require.resolve = Object.assign((id, options) => inner.resolve(target(id), options), inner.resolve);`,
  `const resolve = (id) => /^(\\.{0,2}\\/|file:)/.test(id) ? new URL(id, url).href : import.meta.resolve(id);`,
  `const filename = $assayToPath(url);`,
  `return { url, filename, dirname: $assayDirname(filename), resolve, require };`,
  `};`,
].join(" ");

/**
 * One line of code that declares the places of some files and the `require` that remains in the bundle,
 * which is the entry's. They are constants before all other code, so that a file can ask even while the
 * modules of a cycle are still being evaluated.
 */
export function placesHead(entry: string, paths: readonly string[]): string {
  const place = (path: string) => `$assayPlace(${JSON.stringify(placeholderUrl(path))})`;
  const places = paths.map((path) => `const ${placeName(path)} = ${place(path)};`);
  return [placeFunction, ...places, `const { require } = ${place(entry)};`].join(" ");
}

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

/** Prose, a table and source code: text that any checkout of this repository has after `npm ci`. */
export const textNames = ["LICENSE", "seattle-weather.csv", "lib.es5.d.ts"] as const;

export type TextName = (typeof textNames)[number];

export type Texts = Readonly<Record<TextName, Uint8Array>>;

export async function loadTexts(): Promise<Texts> {
  const require = createRequire(import.meta.url);
  const [license, weather, library] = await Promise.all([
    readFile(new URL("../../LICENSE", import.meta.url)),
    readFile(join(require.resolve("vega-datasets"), "../../data/seattle-weather.csv")),
    readFile(require.resolve("typescript/lib/lib.es5.d.ts")),
  ]);
  return { LICENSE: license, "seattle-weather.csv": weather, "lib.es5.d.ts": library };
}

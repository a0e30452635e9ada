import { readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  type ProjectFolder,
  projectFolder,
  runInNode,
} from "../../../test/support/project-folder.ts";
import { bundleFile } from "./bundle-file.ts";
import { loadBundle } from "./load-bundle.ts";
import { materialise } from "./materialise.ts";

const study = {
  "package.json": `{ "name": "study" }`,
  "experiment.ts": `import { rate } from "./lib/rate.ts"; import "tables"; export default rate;`,
  "lib/rate.ts": `export const rate: number = 0.5;`,
  "node_modules/tables/package.json": `{ "version": "1.2.3", "main": "index.js" }`,
  "node_modules/tables/index.js": ``,
};

async function cachePath({ path }: ProjectFolder): Promise<string> {
  const folder = path("node_modules/.cache/assay");
  const [name = ""] = (await readdir(folder)).filter((file) => file.endsWith(".json"));
  return join(folder, name);
}

/**
 * Whether a start of Assay in a process of its own loads the bundler for an experiment file.
 * The process also has to end by itself.
 */
async function loadsBundler(tool: string, path: string): Promise<unknown> {
  return runInNode(`
    import { createRequire } from "node:module";
    const { loadBundle } = await import(${JSON.stringify(tool)});
    await loadBundle(${JSON.stringify(path)});
    const loaded = Object.keys(createRequire("/").cache);
    console.log(loaded.some((file) => file.includes("/esbuild/lib/")));`);
}

describe("loading the bundle of an experiment file", () => {
  test("starts the bundler only when something has changed", async () => {
    const product = await projectFolder({
      "tool.ts": `export { loadBundle } from ${JSON.stringify(join(import.meta.dirname, "load-bundle.ts"))};`,
    });
    const tool = await materialise(await bundleFile(product.path("tool.ts")), product.root);
    const { path, write } = await projectFolder(study);
    const experiment = path("experiment.ts");
    expect(await loadsBundler(tool, experiment)).toBe(true);
    expect(await loadsBundler(tool, experiment)).toBe(false);
    await utimes(path("lib/rate.ts"), 1, 1);
    expect(await loadsBundler(tool, experiment)).toBe(false);
    await write("lib/rate.ts", `export const rate: number = 0.25;`);
    expect(await loadsBundler(tool, experiment)).toBe(true);
  });

  test("gives what bundling gives, the first time and later", async () => {
    const { path } = await projectFolder(study);
    const fresh = await bundleFile(path("experiment.ts"));
    expect(await loadBundle(path("experiment.ts"))).toEqual(fresh);
    expect(await loadBundle(path("experiment.ts"))).toEqual(fresh);
  });

  test.each([
    ["an edit of a file", "lib/rate.ts", "export const rate = 1;"],
    ["another version of a package", "node_modules/tables/package.json", `{ "version": "1.2.4" }`],
    ["a package nearer to the file", "lib/node_modules/tables/package.json", `{ "version": "2" }`],
    ["a file that takes the place of another", "lib/rate.tsx", "export const rate = 2;"],
    ["settings that others extend", "shared/base.json", `{ "compilerOptions": { "paths": {} } }`],
    ["settings of the compiler", "tsconfig.json", `{ "compilerOptions": { "paths": {} } }`],
  ])("sees %s", async (_change, name, text) => {
    const folder = await projectFolder({
      ...study,
      "lib/rate.ts": `import "tables"; export const rate = 0.5;`,
      "tsconfig.json": `{ /* ours */ "extends": ["./shared/base"] }`,
      "shared/base.json": "{}",
      "experiment.ts": `import { rate } from "./lib/rate"; export default rate;`,
    });
    const file = folder.path("experiment.ts");
    await loadBundle(file);
    const before = await readFile(await cachePath(folder), "utf8");
    await folder.write(name, text);
    expect(await loadBundle(file)).toEqual(await bundleFile(file));
    expect(await readFile(await cachePath(folder), "utf8")).not.toBe(before);
  });

  beforeEach(async () => {
    const temporary = await projectFolder({});
    vi.stubEnv("TMPDIR", temporary.root);
  });
  afterEach(() => void vi.unstubAllEnvs());

  test("sees that a missing package was installed", async () => {
    const { path, write } = await projectFolder({
      "package.json": "{}",
      "experiment.ts": `import "tables";`,
    });
    expect((await loadBundle(path("experiment.ts"))).packages).toEqual({});
    await write("node_modules/tables/package.json", `{ "version": "1.2.3" }`);
    await write("node_modules/tables/index.js", ``);
    expect((await loadBundle(path("experiment.ts"))).packages).toEqual({ tables: "1.2.3" });
  });

  test.each([
    ["", "no text"],
    ["null", "other data"],
    ['{"tools":', "half of one"],
  ])("ignores a damaged cache and writes it again: %j, %s", async (text) => {
    const folder = await projectFolder(study);
    const bundle = await loadBundle(folder.path("experiment.ts"));
    const path = await cachePath(folder);
    const good = await readFile(path, "utf8");
    await writeFile(path, text);
    expect(await loadBundle(folder.path("experiment.ts"))).toEqual(bundle);
    expect(await readFile(path, "utf8")).toBe(good);
  });

  test("does not believe a cache whose code was changed", async () => {
    const folder = await projectFolder(study);
    const bundle = await loadBundle(folder.path("experiment.ts"));
    const path = await cachePath(folder);
    const changed = (await readFile(path, "utf8")).replace("var rate = 0.5", "var rate = 0.6");
    expect(changed).toContain("0.6");
    await writeFile(path, changed);
    expect(await loadBundle(folder.path("experiment.ts"))).toEqual(bundle);
  });
});

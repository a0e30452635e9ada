import { chmod, lstat, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  type ProjectFolder,
  projectFolder,
  runInNode,
} from "../../../test/support/project-folder.ts";
import { bundleFile } from "./bundle-file.ts";
import { materialise } from "./materialise.ts";

const assayFiles = {
  "dist/index.js": `export const defineExperiment = (definition) => definition; export const copy = {};`,
  "dist/testing/index.js": `export { copy } from "../index.js";`,
};

/** A stand-in for the running Assay. */
async function someAssay(): Promise<URL> {
  const folder = await projectFolder(assayFiles);
  return pathToFileURL(folder.path("dist/index.js"));
}

async function materialiseFile(path: string, root: string): Promise<string> {
  return materialise(await bundleFile(path), root, await someAssay());
}

/** What the module at a URL exports by default, from a process of its own. */
async function defaultExport(url: string): Promise<unknown> {
  return runInNode(
    `const module = await import(${JSON.stringify(url)}); console.log(JSON.stringify(module.default));`,
  );
}

/** The same from a worker thread. */
async function defaultExportInThread(url: string): Promise<unknown> {
  const text = `
    const { parentPort } = require("node:worker_threads");
    import(${JSON.stringify(url)}).then(
      (module) => parentPort.postMessage(module.default),
      (error) => parentPort.postMessage(String(error)),
    );`;
  const worker = new Worker(text, { eval: true });
  const message = await new Promise((resolve) => worker.once("message", resolve));
  await worker.terminate();
  return message;
}

const study = {
  "package.json": `{ "name": "study" }`,
  "experiment.ts": [
    `import { defineExperiment } from "assay";`,
    `import { load } from "tables";`,
    `import { rate } from "./lib/rate.ts";`,
    `import settings from "./settings.json" with { type: "json" };`,
    `export default defineExperiment({ loaded: load(), rate, settings });`,
  ].join("\n"),
  "lib/rate.ts": `export const rate: number = 0.5;`,
  "settings.json": `{ "epochs": 50 }`,
  "node_modules/tables/package.json": `{ "name": "tables", "version": "1.2.3", "exports": "./index.mjs" }`,
  "node_modules/tables/index.mjs": `export const load = () => "loaded";`,
};
const studied = { loaded: "loaded", rate: 0.5, settings: { epochs: 50 } };

describe("a materialised bundle", () => {
  test("runs in a process and in a thread, with the project's files and packages", async () => {
    const { path, root } = await projectFolder(study);
    const url = await materialiseFile(path("experiment.ts"), root);
    expect(dirname(fileURLToPath(url))).toBe(path("node_modules/.cache/assay"));
    expect(await defaultExport(url)).toEqual(studied);
    expect(await defaultExportInThread(url)).toEqual(studied);
  });

  test("has the running Assay, once, however it is imported, from any folder", async () => {
    const { path, root } = await projectFolder({
      "experiment.ts": [
        `import { copy } from "assay";`,
        `import * as testing from "assay/testing";`,
        `const later = await import("assay");`,
        `const { copy: required } = await import("./common.cjs");`,
        `const same = [testing.copy, later.copy, required].every((other) => other === copy);`,
        `globalThis.copy = copy;`,
        `export default { same };`,
      ].join("\n"),
      "common.cjs": `exports.copy = require("assay").copy;`,
    });
    const assay = await someAssay();
    const url = await materialise(await bundleFile(path("experiment.ts")), root, assay);
    const text = `
      const { default: { same } } = await import(${JSON.stringify(url)});
      const { copy } = await import(${JSON.stringify(assay.href)});
      console.log(JSON.stringify({ same, running: copy === globalThis.copy }));`;
    expect(await runInNode(text)).toEqual({ same: true, running: true });
  });

  test("knows the place of each original file", async () => {
    const places = `{
      url: import.meta.url, dirname: import.meta.dirname, filename: import.meta.filename,
      resolved: import.meta.resolve("./data.csv"), meta: Object.keys(import.meta).includes("url"),
      oldDirname: __dirname, oldFilename: __filename,
      data: await (await import("node:fs/promises")).readFile(new URL("./data.csv", import.meta.url), "utf8"),
    }`;
    const folder = await projectFolder({
      "package.json": "{}",
      "in 'a\" #folder`${}/experiment.mts": `import lib from "../lib/part.js"; export default [${places}, lib];`,
      "in 'a\" #folder`${}/data.csv": "data 1",
      "lib/part.js": `export default ${places};`,
      "lib/data.csv": "data 2",
    });
    const file = folder.path("in 'a\" #folder`${}/experiment.mts");
    const url = await materialiseFile(file, folder.root);
    const expected = [file, folder.path("lib/part.js")].map((path, index) => ({
      url: pathToFileURL(path).href,
      dirname: dirname(path),
      filename: path,
      resolved: pathToFileURL(join(dirname(path), "data.csv")).href,
      meta: true,
      oldDirname: dirname(path),
      oldFilename: path,
      data: `data ${String(index + 1)}`,
    }));
    expect(await defaultExport(url)).toEqual(expected);
  });

  test("leaves a user's own __dirname and require alone", async () => {
    const { path, root } = await projectFolder({
      "package.json": `{ "name": "study" }`,
      "experiment.ts": [
        `#!/usr/bin/env node`,
        `import { createRequire } from "node:module";`,
        `const __dirname = "mine";`,
        `const require = createRequire(import.meta.url);`,
        `export default [__dirname, require("./package.json").name, "__dirname"];`,
      ].join("\n"),
    });
    const url = await materialiseFile(path("experiment.ts"), root);
    expect(await defaultExport(url)).toEqual(["mine", "study", "__dirname"]);
  });

  test("can require packages and files from CommonJS", async () => {
    const { path, root } = await projectFolder({
      "package.json": "{}",
      "experiment.js": [
        `const { join } = require("node:path");`,
        `const name = "tables";`,
        `module.exports = [`,
        `  require("tables"), require(name), require("./lib/part.cjs"), join("a", "b"),`,
        `];`,
      ].join("\n"),
      "lib/part.cjs": `module.exports = [require("tables"), require.resolve("./part.cjs"), __dirname];`,
      "node_modules/tables/package.json": `{ "version": "1.0.0" }`,
      "node_modules/tables/index.js": `module.exports = "tables";`,
    });
    const url = await materialiseFile(path("experiment.js"), root);
    expect(await defaultExport(url)).toEqual([
      "tables",
      "tables",
      ["tables", path("lib/part.cjs"), path("lib")],
      "a/b",
    ]);
  });

  test("gives a workspace package the packages that it has itself", async () => {
    const { path, link } = await projectFolder({
      "app/package.json": "{}",
      "app/experiment.ts": `import { mine } from "models"; import d from "d"; export default [mine, d];`,
      "app/node_modules/d/package.json": `{ "version": "1.0.0" }`,
      "app/node_modules/d/index.js": `module.exports = 1;`,
      "models/package.json": `{ "main": "index.ts" }`,
      "models/index.ts": `import d from "d"; import "./old.cjs"; export const mine = [d, globalThis.required];`,
      "models/old.cjs": `globalThis.required = require("d");`,
      "models/node_modules/d/package.json": `{ "version": "2.0.0" }`,
      "models/node_modules/d/index.js": `module.exports = 2;`,
    });
    await link("app/node_modules/models", path("models"));
    const url = await materialiseFile(path("app/experiment.ts"), path("app"));
    expect(await defaultExport(url)).toEqual([[2, 2], 1]);
  });

  test("names the user's own lines in stack traces", async () => {
    const { path, root } = await projectFolder({
      "package.json": "{}",
      "experiment.ts": [
        `import { fail } from "./lib/fail.ts";`,
        `interface Gone { readonly a: string }`,
        `export const run = (): Gone => fail();`,
      ].join("\n"),
      "lib/fail.ts": `const here = import.meta.url;\n\nexport function fail(): never {\n  throw new Error(here);\n}`,
    });
    const url = await materialiseFile(path("experiment.ts"), root);
    const stack = await runInNode(`
      process.setSourceMapsEnabled(true);
      const { run } = await import(${JSON.stringify(url)});
      try { run(); } catch (error) { console.log(JSON.stringify(error.stack)); }`);
    expect(stack).toContain(`${path("lib/fail.ts")}:4:9`);
    expect(stack).toContain(`${path("experiment.ts")}:3:32`);
  });
});

beforeEach(async () => {
  const temporary = await projectFolder({});
  vi.stubEnv("TMPDIR", temporary.root);
});
afterEach(() => void vi.unstubAllEnvs());

describe("a stored bundle", () => {
  test("runs in another folder than where it was bundled", async () => {
    const { path } = await projectFolder({ "in/package.json": "{}", "in/lib/a.ts": "" });
    const text = `export default [import.meta.dirname, __filename];`;
    await writeFile(path("in/lib/a.ts"), text);
    const stored = JSON.stringify(await bundleFile(path("in/lib/a.ts")));
    await rename(path("in"), path("moved"));
    const url = await materialise(JSON.parse(stored), path("moved"), await someAssay());
    expect(await defaultExport(url)).toEqual([path("moved/lib"), path("moved/lib/a.ts")]);
  });
});

describe("where a bundle is materialised", () => {
  async function underTemporary(folder: ProjectFolder): Promise<void> {
    const url = await materialiseFile(folder.path("experiment.ts"), folder.root);
    const own = join(tmpdir(), `assay-${String(process.getuid?.())}`);
    expect(fileURLToPath(url).startsWith(`${own}/`)).toBe(true);
    expect((await lstat(own)).mode & 0o777).toBe(0o700);
    expect(await defaultExport(url)).toEqual(studied);
  }

  test("in a private folder where there is no project", async () => {
    const folder = await projectFolder({
      ...study,
      "experiment.ts": study["experiment.ts"].replace(
        `import { load } from "tables";`,
        `const load = () => "loaded";`,
      ),
    });
    await rm(folder.path("package.json"));
    await rm(folder.path("node_modules"), { recursive: true });
    await underTemporary(folder);
    expect(await readdir(folder.root)).toEqual(["experiment.ts", "lib", "settings.json"]);
  });

  test("and where the project cannot be written to, with its packages found all the same", async () => {
    const folder = await projectFolder({ ...study, "node_modules/.cache": "in the way" });
    await underTemporary(folder);
  });

  test("never in a folder that others can write to", async () => {
    const own = join(tmpdir(), `assay-${String(process.getuid?.())}`);
    await mkdir(own);
    await chmod(own, 0o777);
    const folder = await projectFolder({ "experiment.ts": "export default 1;" });
    const url = await materialiseFile(folder.path("experiment.ts"), folder.root);
    expect(fileURLToPath(url).startsWith(`${own}/`)).toBe(false);
    expect(await defaultExport(url)).toBe(1);
  });

  test("once: the same bundle is the same file, and a damaged one is written again", async () => {
    const { path, root } = await projectFolder(study);
    const bundle = await bundleFile(path("experiment.ts"));
    const assay = await someAssay();
    const url = await materialise(bundle, root, assay);
    const text = await readFile(fileURLToPath(url), "utf8");
    await writeFile(fileURLToPath(url), text.slice(0, 100));
    expect(await materialise(bundle, root, assay)).toBe(url);
    expect(await readFile(fileURLToPath(url), "utf8")).toBe(text);
    expect(await readdir(path("node_modules/.cache/assay"))).toHaveLength(2);
  });

  test("by many processes at once", async () => {
    const { path, root } = await projectFolder(study);
    const tool = await projectFolder({
      "tool.ts": `export { materialise } from ${JSON.stringify(join(import.meta.dirname, "materialise.ts"))};`,
    });
    const toolUrl = await materialiseFile(tool.path("tool.ts"), tool.root);
    const bundle = await bundleFile(path("experiment.ts"));
    await writeFile(path("bundle.json"), JSON.stringify(bundle));
    const assay = await someAssay();
    const text = `
      import { readFileSync } from "node:fs";
      const { materialise } = await import(${JSON.stringify(toolUrl)});
      const bundle = JSON.parse(readFileSync(${JSON.stringify(path("bundle.json"))}, "utf8"));
      const assay = new URL(${JSON.stringify(assay.href)});
      const url = await materialise(bundle, ${JSON.stringify(root)}, assay);
      console.log(JSON.stringify((await import(url)).default));`;
    const results = await Promise.all(Array.from({ length: 8 }, () => runInNode(text)));
    expect(results).toEqual(Array.from({ length: 8 }, () => studied));
    expect(await readdir(path("node_modules/.cache/assay"))).toHaveLength(2);
  });
});

import { cp } from "node:fs/promises";
import { SourceMap } from "node:module";
import { describe, expect, test } from "vitest";
import { type ProjectFolder, projectFolder } from "../../../test/support/project-folder.ts";
import { bundleFile } from "./bundle-file.ts";

const project = {
  "package.json": `{ "name": "study" }`,
  "experiment.ts": [
    `import { defineExperiment } from "assay";`,
    `import { load } from "tables";`,
    `import { rate } from "./lib/rate.ts";`,
    `import settings from "./settings.json" with { type: "json" };`,
    `export default defineExperiment({ load, rate, settings });`,
  ].join("\n"),
  "lib/rate.ts": `export const rate: number = new URL("./rate.csv", import.meta.url).pathname.length;`,
  "settings.json": `{ "epochs": 50 }`,
  "node_modules/tables/package.json": `{ "name": "tables", "version": "1.2.3", "type": "module" }`,
  "node_modules/tables/index.js": `export const load = () => 1;`,
};

async function hashOf(folder: ProjectFolder): Promise<string> {
  return (await bundleFile(folder.path("experiment.ts"))).hash;
}

describe("the stored form of code", () => {
  test("has the project's files in it, and packages only by name and version", async () => {
    const folder = await projectFolder(project);
    const bundle = await bundleFile(folder.path("experiment.ts"));
    expect(bundle.entry).toBe("experiment.ts");
    expect(bundle.inputs).toEqual(["experiment.ts", "lib/rate.ts", "settings.json"]);
    expect(bundle.packages).toEqual({ tables: "1.2.3" });
    expect(bundle.source).toContain(`from "tables"`);
    expect(bundle.source).not.toContain(`from "assay"`);
  });

  test("is the same for the same project in another folder, and names neither", async () => {
    const folder = await projectFolder(project);
    const clone = await projectFolder({});
    await cp(folder.root, clone.path("deep er/clone"), { recursive: true });
    const one = await bundleFile(folder.path("experiment.ts"));
    const two = await bundleFile(clone.path("deep er/clone/experiment.ts"));
    expect(two).toEqual(one);
    expect(JSON.stringify(one)).not.toContain(folder.root);
    expect(JSON.stringify(one)).not.toContain("file:///");
  });

  test("has another hash after an edit of any file", async () => {
    const folder = await projectFolder(project);
    const before = await hashOf(folder);
    await folder.write("settings.json", `{ "epochs": 51 }`);
    const after = await hashOf(folder);
    await folder.write("lib/rate.ts", `export const rate = 2;`);
    expect(new Set([before, after, await hashOf(folder)]).size).toBe(3);
  });

  test("has another hash after another version of a package", async () => {
    const folder = await projectFolder(project);
    const before = await hashOf(folder);
    const manifest = `{ "name": "tables", "version": "1.2.4", "type": "module" }`;
    await folder.write("node_modules/tables/package.json", manifest);
    expect(await hashOf(folder)).not.toBe(before);
  });

  test("does not change with blank lines and comments between statements", async () => {
    const folder = await projectFolder(project);
    const before = await hashOf(folder);
    const text = project["experiment.ts"].replaceAll("\n", " // so\n\n");
    await folder.write("experiment.ts", text);
    expect(await hashOf(folder)).toBe(before);
  });

  test("maps code to the sources, also where a file was changed to keep its place", async () => {
    const lines = [`type Gone = string;`, `const here: Gone = import.meta.url;`, ``];
    const folder = await projectFolder({
      "dir/my #1.ts": [...lines, `export default () => { throw new Error(here); };`].join("\n"),
    });
    const { source, sourceMap } = await bundleFile(folder.path("dir/my #1.ts"));
    const rows = source.split("\n");
    const row = rows.findIndex((text) => text.includes("throw"));
    const payload = JSON.parse(sourceMap);
    expect(payload.sources).toEqual(["my %231.ts"]);
    expect(payload.sourcesContent[0]).toContain("type Gone = string");
    const entry = new SourceMap(payload).findEntry(row, rows[row]!.indexOf("new Error"));
    expect(entry).toMatchObject({ originalLine: 3, originalColumn: 29 });
  });
});

describe("what an experiment file imports", () => {
  test("a workspace package with TypeScript sources is bundled", async () => {
    const folder = await projectFolder({
      "app/package.json": `{}`,
      "app/experiment.ts": `import { model } from "@study/models/tree"; export default model;`,
      "models/package.json": `{ "name": "@study/models", "exports": { "./tree": "./src/tree.ts" } }`,
      "models/src/tree.ts": `export const model: string = "tree";`,
    });
    await folder.link("app/node_modules/@study/models", folder.path("models"));
    const bundle = await bundleFile(folder.path("app/experiment.ts"));
    expect(bundle.inputs).toEqual(["../models/src/tree.ts", "experiment.ts"]);
    expect(bundle.packages).toEqual({});
  });

  test("a package that a workspace package has in another version counts with that version", async () => {
    const folder = await projectFolder({
      "app/package.json": `{}`,
      "app/experiment.ts": `import "models"; import * as d from "d"; export default d;`,
      "app/node_modules/d/package.json": `{ "version": "1.0.0" }`,
      "app/node_modules/d/index.js": ``,
      "models/package.json": `{ "main": "index.ts" }`,
      "models/index.ts": `import * as d from "d"; console.log(d);`,
      "models/node_modules/d/package.json": `{ "version": "2.0.0" }`,
      "models/node_modules/d/index.js": ``,
    });
    await folder.link("app/node_modules/models", folder.path("models"));
    const { packages } = await bundleFile(folder.path("app/experiment.ts"));
    expect(packages).toEqual({ "../models/node_modules/d": "2.0.0", d: "1.0.0" });
  });

  test("builtins of Node are no packages, and paths of tsconfig.json are followed", async () => {
    const folder = await projectFolder({
      "package.json": `{}`,
      "tsconfig.json": `{ "compilerOptions": { "paths": { "@/*": ["./lib/*"] } } }`,
      "experiment.ts": `import fs from "fs"; import { a } from "@/a.ts"; export default [fs, a];`,
      "lib/a.ts": `import { join } from "node:path"; export const a = join("a");`,
    });
    const bundle = await bundleFile(folder.path("experiment.ts"));
    expect(bundle.packages).toEqual({});
    expect(bundle.inputs).toEqual(["experiment.ts", "lib/a.ts"]);
  });

  test("a package that is not installed is left for the import to fail", async () => {
    const folder = await projectFolder({
      "experiment.ts": `import "not-there"; export default 1;`,
    });
    const bundle = await bundleFile(folder.path("experiment.ts"));
    expect(bundle.packages).toEqual({});
    expect(bundle.source).toContain(`import "not-there"`);
  });
});

describe("errors of bundling", () => {
  test.each([
    ["export default 1;\nlet x = 1 y;", `:2:11: Expected ";" but found "y"`],
    [
      "const a = 1;\nconst a = 2;\nconst a = 3;",
      `:2:7: The symbol "a" has already been declared (and 1 more)`,
    ],
    ["const here = import.meta.url;\nlet x = 1 y;", `:2:11: Expected ";" but found "y"`],
    [
      `import { rate } from "./lib/rat.ts"; rate;`,
      `:1:22: Could not resolve "./lib/rat.ts"; did you mean "./lib/rate.ts"?`,
    ],
    [`import { rate } from "./far/away.ts"; rate;`, `:1:22: Could not resolve "./far/away.ts"`],
    [
      `import { x } from "assay/testin"; x;`,
      `:1:19: Assay has no "assay/testin"; did you mean "assay/testing"? (one of assay, assay/testing)`,
    ],
    [
      `import text from "./data.csv"; text;`,
      `:1:18: No loader is configured for ".csv" files: data.csv`,
    ],
  ])("%j is one line with its position", async (text, message) => {
    const folder = await projectFolder({
      "experiment.ts": text,
      "lib/rate.ts": "export const rate = 1;",
      "data.csv": "",
    });
    const path = folder.path("experiment.ts");
    await expect(bundleFile(path)).rejects.toThrow(
      expect.objectContaining({ code: "INVALID_FILE", message: `${path}${message}` }),
    );
  });

  test("names files from the current directory", async () => {
    const folder = await projectFolder({ "in/experiment.ts": "let x = 1 y;" });
    const before = process.cwd();
    try {
      process.chdir(folder.root);
      await expect(bundleFile("in/experiment.ts")).rejects.toThrow(/^in\/experiment\.ts:1:11: /);
    } finally {
      process.chdir(before);
    }
  });

  test("an error in one file leaves the bundling of another alone", async () => {
    const folder = await projectFolder({
      "bad.ts": "let x = 1 y;",
      "good.ts": "export default 1;",
    });
    const [bad, good] = await Promise.allSettled(
      ["bad.ts", "good.ts"].map((name) => bundleFile(folder.path(name))),
    );
    expect(bad?.status).toBe("rejected");
    expect(good?.status).toBe("fulfilled");
  });
});

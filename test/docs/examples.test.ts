import { readdirSync } from "node:fs";
import { join } from "node:path";
import { execute } from "assay";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { codeBlocks } from "../support/markdown.ts";
import { projectFolder, runInNode } from "../support/project-folder.ts";

const root = join(import.meta.dirname, "../..");
const pages = [
  "README.md",
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];

const assay = join(root, "dist/index.js");

/** Runs a program that is not an experiment, in a process of its own; it has to end well. */
async function runScript(text: string): Promise<void> {
  const folder = await projectFolder({ "script.ts": text });
  const outfile = folder.path("script.mjs");
  await build({
    entryPoints: [folder.path("script.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    alias: { assay },
    external: [assay],
    logLevel: "silent",
  });
  await runInNode(
    `const log = console.log; console.log = () => undefined; await import(${JSON.stringify(outfile)}); log("true");`,
    folder.root,
  );
}

describe("the examples of the documentation run", () => {
  for (const page of pages) {
    for (const { language, text, line } of codeBlocks(join(root, page))) {
      if (language !== "ts") continue;
      test(`${page}:${String(line)}`, async () => {
        if (!text.includes("export default defineExperiment(")) {
          await runScript(text);
          return;
        }
        const folder = await projectFolder({ "experiment.ts": text });
        const { executed, broken } = await execute(folder.path("experiment.ts"), {
          storage: "memory:",
          maxTrials: 5,
          directory: folder.root,
        });
        expect({ executed: executed > 0, broken }).toEqual({ executed: true, broken: 0 });
      });
    }
  }

  test("and there are some", () => {
    const blocks = pages.flatMap((page) => codeBlocks(join(root, page)));
    expect(blocks.filter(({ language }) => language === "ts").length).toBeGreaterThan(5);
  });
});

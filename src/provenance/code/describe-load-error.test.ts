import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { projectFolder, runInNode } from "../../../test/support/project-folder.ts";
import { AssayError } from "../../errors/assay-error.ts";
import { bundleFile } from "./bundle-file.ts";
import { describeLoadError } from "./describe-load-error.ts";
import { materialise } from "./materialise.ts";

interface Thrown {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

/** What Node itself throws for the import of a URL, from a process of its own. */
async function thrownBy(url: string, sourceMaps: boolean): Promise<Error> {
  const text = `
    process.setSourceMapsEnabled(${String(sourceMaps)});
    import(${JSON.stringify(url)}).catch(({ name, message, stack }) =>
      console.log(JSON.stringify({ name, message, stack })));`;
  const { name, message, stack } = (await runInNode(text)) as Thrown;
  return Object.assign(new Error(message), { name, stack });
}

async function describeLoad(text: string, sourceMaps = true): Promise<AssayError> {
  const { path, root } = await projectFolder({
    "package.json": "{}",
    "experiment.ts": text,
    "node_modules/tables/package.json": `{ "type": "module", "exports": "./index.js" }`,
    "node_modules/tables/index.js": `export const fail = () => { throw new Error("No table\\nat all"); };`,
    "node_modules/broken/package.json": `{ "type": "module", "exports": "./index.js" }`,
    "node_modules/broken/index.js": `import "gone";`,
    "assay/index.js": `export const linspace = 1; export const fail = () => { throw new Error("No"); };`,
  });
  const assay = pathToFileURL(path("assay/index.js"));
  const file = path("experiment.ts");
  const url = await materialise(await bundleFile(file), root, assay);
  const error = await describeLoadError(await thrownBy(url, sourceMaps), { file, url, assay });
  error.message = error.message.replaceAll(`${root}/`, "");
  return error;
}

describe("what importing an experiment file throws", () => {
  test.each([
    [
      `import "@scope/nope/part";`,
      `experiment.ts: Package "@scope/nope" is not installed: npm install @scope/nope`,
    ],
    [
      `\nimport { createRequire as from } from "node:module";\nfrom(import.meta.url)("nope");`,
      `experiment.ts:3:21: Package "nope" is not installed: npm install nope`,
    ],
    [
      `import "broken";`,
      `experiment.ts: Package "gone", which node_modules/broken/index.js imports, is not installed: npm install gone`,
    ],
    [`import "@/part.ts";`, `experiment.ts: Cannot find package '@/part.ts'`],
    [
      `import "tables/part";`,
      `experiment.ts: Package subpath './part' is not defined by "exports" in node_modules/tables/package.json`,
    ],
    [
      `\nimport { lnspace } from "assay";\nlnspace;`,
      `experiment.ts:2:1: Assay exports no "lnspace"; did you mean "linspace"?`,
    ],
    [
      `\nconst a: { b: { c: 1 } } = {} as never;\nexport default a.b.c;`,
      `experiment.ts:3:20: TypeError: Cannot read properties of undefined (reading 'c')`,
    ],
    [`import { fail } from "tables";\nfail();`, `experiment.ts:2:1: No table`],
    [`import { fail } from "assay";\n\n  fail();`, `experiment.ts:3:3: No`],
  ])("%j is told in one line, with the user's own line", async (text, message) => {
    const mapped = await describeLoad(text);
    expect(mapped).toMatchObject({ code: "INVALID_FILE", message });
    expect(mapped.cause).toBeInstanceOf(Error);
    const unmapped = await describeLoad(text, false);
    expect(unmapped.message).toBe(message);
  });

  test("may be no error at all", async () => {
    const url = pathToFileURL("/tmp/a.mjs").href;
    const error = await describeLoadError("why not", { file: "/study/a.ts", url });
    expect(error).toMatchObject({ message: "/study/a.ts: Threw why not", cause: "why not" });
  });

  test("is kept when it is an error of Assay", async () => {
    const error = new AssayError("INVALID_SPACE", "No such dimension");
    const url = pathToFileURL(fileURLToPath(import.meta.url)).href;
    expect(await describeLoadError(error, { file: "/study/a.ts", url })).toBe(error);
  });
});

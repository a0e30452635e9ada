import { readdir, stat, utimes } from "node:fs/promises";
import { expect, test } from "vitest";
import { projectFolder, type ProjectFolder } from "../../../test/support/project-folder.ts";
import { loadBundle } from "./load-bundle.ts";
import { materialise } from "./materialise.ts";

const cache = "node_modules/.cache/assay";

/** A project whose experiment was bundled and made importable once for each of some texts. */
async function usedProject(texts: readonly string[]): Promise<ProjectFolder> {
  const folder = await projectFolder({ "package.json": `{ "name": "study" }` });
  for (const text of texts) await use(folder, text);
  return folder;
}

async function use(folder: ProjectFolder, text: string): Promise<void> {
  await folder.write("experiment.ts", text);
  await materialise(await loadBundle(folder.path("experiment.ts")), folder.root);
}

/** Makes all that is cached look as if it was last used so many days ago. */
async function age(folder: ProjectFolder, days: number): Promise<void> {
  const then = new Date(Date.now() - days * 24 * 3600 * 1000);
  for (const name of await readdir(folder.path(cache))) {
    await utimes(folder.path(`${cache}/${name}`), then, then);
  }
}

async function modules(folder: ProjectFolder): Promise<string[]> {
  return (await readdir(folder.path(cache))).filter((name) => name.endsWith(".mjs"));
}

test("what nobody used for 30 days is removed when something new is written", async () => {
  const folder = await usedProject(["export default 1;", "export default 2;"]);
  await folder.write(`${cache}/0123456789abcdef-0123456789abcdef.mjs.1.tmp`, "left by a kill");
  await folder.write(`${cache}/notes.txt`, "not ours");
  await age(folder, 29);
  await use(folder, "export default 3;");
  expect(await modules(folder)).toHaveLength(3);
  await age(folder, 31);
  await use(folder, "export default 4;");
  const left = await readdir(folder.path(cache));
  expect(left.filter((name) => name.endsWith(".mjs"))).toHaveLength(1);
  expect(left.filter((name) => name.endsWith(".mjs.map"))).toHaveLength(1);
  expect(left.filter((name) => name.endsWith(".tmp"))).toEqual([]);
  expect(left).toContain("notes.txt");
});

test("what is used counts from its last use, and stays", async () => {
  const folder = await usedProject(["export default 1;"]);
  const used = await readdir(folder.path(cache));
  await age(folder, 31);
  await use(folder, "export default 1;");
  for (const name of used) {
    const { mtimeMs } = await stat(folder.path(`${cache}/${name}`));
    expect(Date.now() - mtimeMs, name).toBeLessThan(24 * 3600 * 1000);
  }
  // Another experiment of the project makes something new.
  await folder.write("other.ts", "export default 2;");
  await materialise(await loadBundle(folder.path("other.ts")), folder.root);
  expect(await readdir(folder.path(cache))).toEqual(expect.arrayContaining(used));
});

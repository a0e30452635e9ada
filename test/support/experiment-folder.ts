import { execute, openStorage, type ExecuteOptions, type ExecutionSummary } from "assay";
import type { OpenStorageOptions, Storage } from "assay";
import { existsSync } from "node:fs";
import { onTestFinished } from "vitest";
import { projectFolder, type ProjectFolder } from "./project-folder.ts";

/** A project with an experiment file and a database beside it. */
export interface ExperimentFolder extends ProjectFolder {
  /** The absolute path of `experiment.ts`. */
  readonly file: string;
  /** The URL of its database. */
  readonly url: string;
  /** Executes the experiment file with the database. */
  execute(options?: ExecuteOptions): Promise<ExecutionSummary>;
  /** A connection of its own to the database, closed after the test. */
  open(options?: OpenStorageOptions): Promise<Storage>;
  /** What trials wrote to a file of the folder, line by line. */
  lines(name: string): Promise<string[]>;
}

/** What the text of an experiment file in a test begins with. */
const prelude = `
import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import * as assay from "assay";
const { defineExperiment, choice, linspace, logspace, matched, integer, uniform } = assay;
`;

/**
 * A folder for one test with an `experiment.ts` of this text. The text finds `sleep`, the functions of
 * `node:fs` that tests need, the constructors of Assay, and `folder`, the path of the folder with a slash. Its
 * database is a file in the folder, unless the URL of another storage is given.
 */
export async function experimentFolder(
  source: string,
  files: Readonly<Record<string, string>> = {},
  storage?: string,
): Promise<ExperimentFolder> {
  const folder = await projectFolder({ "package.json": "{}", ...files });
  const here = `const folder = ${JSON.stringify(`${folder.root}/`)};\n`;
  await folder.write("experiment.ts", prelude + here + source);
  const file = folder.path("experiment.ts");
  const url = storage ?? `sqlite:${folder.path("assay.db")}`;
  return {
    ...folder,
    file,
    url,
    execute: (options = {}) =>
      execute(file, { storage: url, onOutput: () => undefined, ...options }),
    async open(options) {
      const storage = await openStorage(url, options);
      onTestFinished(() => storage.close());
      return storage;
    },
    async lines(name) {
      if (!existsSync(folder.path(name))) return [];
      return (await folder.read(name)).split("\n").filter((line) => line !== "");
    },
  };
}

/** Resolves when a condition holds. Fails the test when it does not within 30 s. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Never came true: ${String(condition)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

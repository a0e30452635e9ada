import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { projectFolder } from "../../../test/support/project-folder.ts";
import { findExperimentFile, projectRoot } from "./experiment-file.ts";

describe("finding an experiment file", () => {
  test("by a relative path, an absolute one, a URL, or a link", async () => {
    const project = await projectFolder({ "package.json": "{}", "a b/penguins.ts": "" });
    const path = project.path("a b/penguins.ts");
    await project.link("linked.ts", path);
    const found = { path, root: project.root };
    const spellings = [path, relative(process.cwd(), path), project.path("linked.ts")];
    for (const file of [...spellings, pathToFileURL(path), pathToFileURL(path).href]) {
      expect(await findExperimentFile(file)).toEqual(found);
    }
  });

  test.each([
    ["penguin.ts", "NOT_FOUND", /^No such file: \S+\/penguin\.ts; did you mean "penguins\.ts"\?$/],
    ["penguins", "NOT_FOUND", /^No such file: \S+\/penguins; did you mean "penguins\.ts"\?$/],
    ["elsewhere.mjs", "NOT_FOUND", /^No such file: \S+\/elsewhere\.mjs$/],
    ["no/such/folder.ts", "NOT_FOUND", /^No such file: \S+\/no\/such\/folder\.ts$/],
    ["more", "INVALID_FILE", /\/more is a directory, not an experiment file \(one of \.ts, /],
    ["penguins.csv", "INVALID_FILE", /\/penguins\.csv cannot be .* \(one of \.ts, \.mts, \.js, /],
  ])("says in a line what is wrong with %s", async (name, code, message) => {
    const project = await projectFolder({
      "penguins.ts": "",
      "penguins.csv": "",
      "more/other.ts": "",
    });
    await expect(findExperimentFile(project.path(name))).rejects.toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });
});

describe("the root of a project", () => {
  test("is the nearest folder upwards with a package.json, else the file's own", async () => {
    const project = await projectFolder({
      "with/package.json": "{}",
      "with/in/a.ts": "",
      "without/in/a.ts": "",
    });
    expect(projectRoot(project.path("with/in/a.ts"))).toBe(project.path("with"));
    expect(projectRoot(project.path("without/in/a.ts"))).toBe(join(project.root, "without/in"));
  });
});

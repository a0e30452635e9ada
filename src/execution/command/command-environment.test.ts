import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { TrialContext } from "../trial-context.ts";
import { commandEnvironment } from "./command-environment.ts";
import { templateField, trialFields } from "./command-template.ts";

const page = readFileSync(join(import.meta.dirname, "../../../docs/guides/commands.md"), "utf8");
/** What the first column of the tables names. */
const [own = ""] = page.split("## Coming from");
const explained = own.split("\n").flatMap((line) => {
  const [, first = ""] = /^\| (`.*?)\|/.exec(line) ?? [];
  return [...first.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
});

test("the guide explains every variable of a command's environment, and no other", () => {
  const environment = commandEnvironment({
    experiment: { name: "n", version: 1 },
    trial: { params: {} } as TrialContext,
    resultsPath: "results",
    metricsPath: "metrics",
    templatePath: "template",
  });
  const variables = explained.filter((name) => name.startsWith("ASSAY_"));
  expect(variables.sort()).toEqual(Object.keys(environment).sort());
});

test("the guide explains every field of a command's words, and no other", () => {
  const fields = explained.filter((name) => /^\{(?:experiment|trial)\./.test(name));
  expect(fields.sort()).toEqual(
    [...trialFields, templateField].map((field) => `{${field}}`).sort(),
  );
});

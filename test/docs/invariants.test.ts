import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { invariants } from "../../src/storage/verify/invariants.ts";

test("the guide to the database lists everything that holds always, in the words of the source", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/guides/database.md"), "utf8");
  const [, section = ""] = page.split("### What holds always");
  const [table = ""] = section.split("### Remarks");
  const rows = [...table.matchAll(/^\| `([a-z-]+)`\s+\| (.+?)\s+\|$/gm)];
  const listed = Object.fromEntries(rows.map(([, name = "", says]) => [name, says]));
  expect(listed).toEqual(invariants);
});

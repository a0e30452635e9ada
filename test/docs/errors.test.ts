import { readFileSync } from "node:fs";
import { join } from "node:path";
import { errorCodes } from "assay";
import { expect, test } from "vitest";

test("docs/errors.md explains every error code, in the words of the source, and no other", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/errors.md"), "utf8");
  const rows = [...page.matchAll(/^\| `([A-Z_]+)`\s+\| (.+?)\s+\|/gm)];
  const explained = Object.fromEntries(rows.map(([, code = "", says]) => [code, says]));
  expect(explained).toEqual(errorCodes);
});

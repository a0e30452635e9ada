import { expect, test } from "vitest";
import { holdsPassword, withoutPassword } from "./url-password.ts";

test.each([
  ["postgres://me:secret@host:5432/assay", "postgres://me:***@host:5432/assay"],
  ["postgres://me:se@cr/et@host/assay", "postgres://me:***@host/assay"],
  ["redis://:secret@host/0", "redis://:***@host/0"],
  ["mongodb+srv://me:secret@host/a?w=1", "mongodb+srv://me:***@host/a?w=1"],
  ["postgres://host/a?user=me&password=secret&x=1", "postgres://host/a?user=me&password=***&x=1"],
  ["https://host/?token=secret", "https://host/?token=***"],
])("%s is shown without its password", (url, shown) => {
  expect(withoutPassword(url)).toBe(shown);
  expect(holdsPassword(url)).toBe(true);
});

test.each([
  "sqlite:assay.db",
  "a:b@c.db",
  "postgres://me@host/assay",
  "postgres://host:5432/assay",
  "postgres://me:${PGPASSWORD}@host/assay",
  "postgres://host/a?password=${PGPASSWORD}",
])("%s holds none", (url) => {
  expect(withoutPassword(url)).toBe(url);
  expect(holdsPassword(url)).toBe(false);
});

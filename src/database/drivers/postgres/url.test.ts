import { expect, test } from "vitest";
import { loadClient } from "./load-client.ts";
import { parsePostgresUrl } from "./url.ts";

test("a URL says where, in which schema, and over how many connections", () => {
  const text =
    "postgresql://me:p%40ss@db.example:6000/lab?schema=sweeps&poolSize=9&sslmode=require";
  expect(parsePostgresUrl(text)).toEqual({
    connection: "postgresql://me:p%40ss@db.example:6000/lab?sslmode=require",
    schema: "sweeps",
    poolSize: 9,
    location: "postgres://db.example:6000/lab?schema=sweeps",
  });
  expect(parsePostgresUrl("postgres://localhost/lab")).toMatchObject({
    schema: "assay",
    poolSize: 4,
    location: "postgres://localhost:5432/lab",
  });
});

test("an option that does not exist is an error with the nearest name, and no password", () => {
  for (const [query, message] of [
    ["shema=x", /^Unknown option "shema" of a PostgreSQL storage; did you mean "schema"\?/],
    ["poolSize=0", /^poolSize is a whole number from 1, not "0"$/],
    ["poolSize=many", /^poolSize is a whole number from 1, not "many"$/],
    ["schema=pg_x", /^"pg_x" cannot name a schema/],
    ["schema=a%22b", /^"a"b" cannot name a schema/],
  ] as const) {
    expect(() => parsePostgresUrl(`postgres://me:secret@host/db?${query}`)).toThrow(message);
  }
  let error: unknown;
  try {
    parsePostgresUrl("postgres://me:sec ret@ho st:port/x");
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ code: "INVALID_VALUE" });
  expect(String(error)).not.toContain("sec");
});

test("a client that is not installed is one line with the command that installs it", async () => {
  await expect(
    loadClient(() => Promise.reject(new Error("Cannot find package 'pg'"))),
  ).rejects.toMatchObject({
    code: "MISSING_DEPENDENCY",
    message: `A PostgreSQL storage needs the package "pg", which cannot be loaded; run "npm install pg"`,
  });
});

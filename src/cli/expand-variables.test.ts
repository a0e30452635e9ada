import { expect, test } from "vitest";
import { expandVariables } from "./expand-variables.ts";

const env = { PW: "p@ss/w:rd", HOST: "db:5433", URL: "postgres://h/d", EMPTY: "" };

test.each([
  ["postgres://me:${PW}@${HOST}/assay", "postgres://me:p%40ss%2Fw%3Ard@db:5433/assay"],
  ["${URL}", "postgres://h/d"],
  ["sqlite:${HOST}/a.db", "sqlite:db:5433/a.db"],
  ["redis://:${EMPTY}@h/0", "redis://:@h/0"],
  ["sqlite:$PW.db", "sqlite:$PW.db"],
])("%s is %s", (url, expanded) => {
  expect(expandVariables(url, env, "assay.config.json")).toBe(expanded);
});

test("a variable that is not set is named, with the file that needs it", () => {
  expect(() => expandVariables("redis://:${REDIS_PW}@h/0", env, "assay.config.json")).toThrow(
    "assay.config.json needs the environment variable REDIS_PW for its storage, and it is not set",
  );
});

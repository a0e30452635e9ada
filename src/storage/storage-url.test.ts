import { expect, test } from "vitest";
import { parseStorageUrl } from "./storage-url.ts";

test("a bare path is SQLite", () => {
  for (const path of ["assay.db", "/tmp/a b.db", "./x/é.db", "C:\\data\\a.db"]) {
    expect(parseStorageUrl(path)).toEqual({ kind: "sqlite", path, durability: "full" });
  }
});

test("a URL names its kind", () => {
  expect(parseStorageUrl("memory:")).toEqual({ kind: "memory" });
  const path = (url: string): unknown => Reflect.get(parseStorageUrl(url), "path");
  expect(path("sqlite:a.db")).toBe("a.db");
  expect(path("SQLite:a.db")).toBe("a.db");
  expect(path("sqlite:/abs/a.db")).toBe("/abs/a.db");
  expect(path("sqlite:///abs/a.db")).toBe("/abs/a.db");
});

test("a server is named by the scheme of its URL", () => {
  const kind = (url: string): unknown => parseStorageUrl(url).kind;
  expect(kind("postgres://host/db")).toBe("postgres");
  expect(kind("postgresql://host/db")).toBe("postgres");
  expect(kind("redis://host")).toBe("redis");
  expect(kind("rediss://host:6380/2")).toBe("redis");
  expect(kind("mongodb://a,b/db?replicaSet=r")).toBe("mongodb");
  expect(kind("mongodb+srv://host/db")).toBe("mongodb");
});

test("durability is full unless it is given up", () => {
  const durability = (url: string): unknown => Reflect.get(parseStorageUrl(url), "durability");
  expect(durability("a.db?durability=full")).toBe("full");
  expect(durability("sqlite:a.db?durability=normal")).toBe("normal");
});

test.each([
  ["mysql://host/db", 'Unknown storage "mysql:"'],
  ["postgre://host/db", 'did you mean "postgres"?'],
  [
    "sqlit:a.db",
    'Unknown storage "sqlit:"; did you mean "sqlite"? (sqlite:PATH, memory:, postgres://, redis://, mongodb://, or a path)',
  ],
  ["", "A SQLite storage needs a path, such as sqlite:assay.db"],
  ["sqlite:", "A SQLite storage needs a path, such as sqlite:assay.db"],
  ["a.db?durabilty=full", 'did you mean "durability"?'],
  ["a.db?durability=off", 'durability is full or normal, not "off"'],
])("%s is INVALID_VALUE, and says what is accepted", (url, message) => {
  expect(() => parseStorageUrl(url)).toThrow(
    expect.objectContaining({ code: "INVALID_VALUE", message: expect.stringContaining(message) }),
  );
});

import { randomUUID } from "node:crypto";
import { MongoClient } from "mongodb";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { serverUrl } from "../../../../test/support/servers/server-url.ts";
import { freePort } from "../../../../test/support/servers/server.ts";
import { openStorage } from "../../../storage/open-storage.ts";
import { contractCollections } from "../../../testing/database/collections.ts";
import { gridSpec } from "../../../testing/storage/fixtures.ts";
import { loadClient } from "./load-client.ts";
import { openMongodb } from "./open.ts";
import { parseMongodbUrl } from "./server-url.ts";

const server = serverUrl("MongoDB");

describe("a MongoDB URL", () => {
  test("names the database by its path, assay unless told", () => {
    expect(parseMongodbUrl("mongodb://u:p%40ss@a:1,b:2/lab?w=majority")).toEqual({
      location: "mongodb://a:1,b:2/lab",
      database: "lab",
      options: new Set(["w"]),
    });
    expect(parseMongodbUrl("mongodb+srv://cluster.test").location).toBe(
      "mongodb+srv://cluster.test/assay",
    );
    expect(() => parseMongodbUrl("mongodb://u:secret@/lab")).toThrow("names no host");
  });

  test("an unknown option is an error with the nearest name, and no secret in it", async () => {
    const open = openStorage("mongodb://u:s3cr3t@127.0.0.1/lab?retryWrite=false");
    await expect(open).rejects.toMatchObject({
      code: "INVALID_VALUE",
      message: expect.stringContaining('did you mean "retryWrites"?') as unknown,
    });
    await expect(open).rejects.not.toMatchObject({ message: expect.stringContaining("s3cr3t") });
    await expect(openStorage("mongodb://127.0.0.1/lab?w=0")).rejects.toMatchObject({
      code: "INVALID_VALUE",
    });
    await expect(openStorage("mongodb://127.0.0.1/a%20b")).rejects.toMatchObject({
      code: "INVALID_VALUE",
    });
  });

  test("without the package it is one line with the command that installs it", async () => {
    const url = "mongodb://127.0.0.1/lab";
    await expect(
      loadClient(url, parseMongodbUrl(url), async () => {
        return await Promise.reject(new Error("Cannot find package 'mongodb'"));
      }),
    ).rejects.toMatchObject({
      code: "MISSING_DEPENDENCY",
      message: "mongodb:// needs the package mongodb: npm install mongodb",
    });
  });

  test("a server that is down is one line with its address", async () => {
    const address = `127.0.0.1:${String(await freePort())}`;
    await expect(openStorage(`mongodb://u:s3cr3t@${address}/lab`)).rejects.toMatchObject({
      code: "STORAGE_UNAVAILABLE",
      message: `mongodb://${address}/lab cannot be reached`,
    });
  });
});

describe.skipIf(server === undefined)("MongoDB", () => {
  const client = new MongoClient(server ?? "mongodb://127.0.0.1");
  beforeAll(async () => {
    await client.connect();
  });
  afterAll(async () => await client.close());

  function freshName(): string {
    const name = `assay_test_${randomUUID().slice(0, 13)}`;
    onTestFinished(async () => {
      await client.db(name).dropDatabase();
    });
    return name;
  }

  test("a wrong password is one line that has none", async () => {
    const url = (server ?? "").replace("://", "://nobody:s3cr3t@");
    const error = await openStorage(`${url}/${freshName()}`).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "STORAGE_UNAVAILABLE" });
    expect(String(error)).toContain("does not accept this user and password");
    expect(String(error)).not.toContain("s3cr3t");
  });

  test("a database that is not there is NOT_FOUND unless it may be created", async () => {
    const url = `${server ?? ""}/${freshName()}`;
    await expect(openStorage(url, { create: false })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await (await openStorage(url)).close();
    await (await openStorage(url, { create: false })).close();
  });

  test("a database of another program under our names is refused and left alone", async () => {
    const name = freshName();
    await client.db(name).collection("trials").insertOne({ medicine: "placebo" });
    await client.db(name).collection("patients").insertOne({ name: "Somebody" });
    await expect(openStorage(`${server ?? ""}/${name}`)).rejects.toMatchObject({
      code: "CONFLICT",
      message: expect.stringMatching(/collections of another program.*\(trials\)/) as unknown,
    });
    const collections = await client.db(name).listCollections().toArray();
    expect(collections.map((one) => one.name).sort()).toEqual(["patients", "trials"]);
  });

  test("a database that lies beside collections of others leaves them alone", async () => {
    const name = freshName();
    await client.db(name).collection("patients").insertOne({ name: "Somebody" });
    await using storage = await openStorage(`${server ?? ""}/${name}`);
    await storage.createExperiment(gridSpec(3));
    await storage.deleteExperiment("grid");
    expect(await client.db(name).collection("patients").countDocuments()).toBe(1);
  });

  test("documents in a form of a newer Assay are not touched", async () => {
    const name = freshName();
    await (await openStorage(`${server ?? ""}/${name}`)).close();
    const mark = client.db(name).collection<{ _id: string }>("assay_database");
    await mark.updateOne({ _id: "assay" }, { $set: { layout: 99 } });
    await expect(openStorage(`${server ?? ""}/${name}`)).rejects.toMatchObject({
      code: "SCHEMA_NEWER",
    });
  });

  test("a database of the caller's own client serves, under a prefix, and stays open", async () => {
    const db = client.db(freshName());
    const storage = await openStorage({ mongodb: db, prefix: "lab_" });
    const other = await openStorage({ mongodb: db, prefix: "other_" });
    await storage.createExperiment(gridSpec(3));
    expect(await other.getExperiments()).toEqual([]);
    expect((await storage.getExperiments()).length).toBe(1);
    expect(storage.location).toMatch(/^mongodb:\/\/[^@]+\/assay_test_/);
    await storage.close();
    await other.close();
    const names = (await db.listCollections().toArray()).map((one) => one.name);
    expect(names.every((one) => /^(lab|other)_/.test(one))).toBe(true);
  });

  test("a client without a database is an error that says why", async () => {
    const source = { mongodb: client as unknown as ReturnType<typeof client.db> };
    await expect(openStorage(source)).rejects.toMatchObject({
      code: "INVALID_VALUE",
      message:
        "{ mongodb } takes a database, and this is a client, which has many; pass client.db(NAME)",
    });
    await expect(
      openStorage({ mongodb: client.db(freshName()), prefix: "a$" }),
    ).rejects.toMatchObject({ code: "INVALID_VALUE" });
  });

  test("settings that weaken the guarantees are told", async () => {
    const weak = `${server ?? ""}/${freshName()}?w=1&journal=false`;
    await using storage = await openStorage(weak);
    expect(storage.database.warnings.map((line) => line.split(":")[0])).toEqual([
      "w=1",
      "journal=false",
    ]);
    await using strong = await openStorage(`${server ?? ""}/${freshName()}`);
    expect(strong.database.warnings).toEqual([]);
  });

  test("a document beyond MongoDB's limit is one line, inserted or changed", async () => {
    const driver = await openMongodb(`${server ?? ""}/${freshName()}`, {
      create: true,
      collections: contractCollections,
    });
    const id = "0123456789abcdef0123456789abcdef";
    const [collection, text] = ["marks", "x".repeat(17_000_000)];
    const tooLarge = {
      code: "INVALID_VALUE",
      message: "A document is larger than the 16 MB that MongoDB holds",
    };
    await expect(
      driver.apply([{ kind: "insert", collection, documents: [{ id, text }] }]),
    ).rejects.toMatchObject(tooLarge);
    await driver.apply([{ kind: "insert", collection, documents: [{ id }] }]);
    await expect(
      driver.apply([{ kind: "update", collection, query: { id }, change: { set: { text } } }]),
    ).rejects.toMatchObject(tooLarge);
    await driver.close();
  });

  test("every document lies under the names of its fields, with ids as bytes", async () => {
    const name = freshName();
    const driver = await openMongodb(`${server ?? ""}/${name}`, {
      create: true,
      collections: contractCollections,
    });
    const id = "0123456789abcdef0123456789abcdef";
    await driver.apply([
      { kind: "insert", collection: "marks", documents: [{ id, place: 7, "a.b": { $c: 1 } }] },
    ]);
    await driver.close();
    const stored = await client.db(name).collection("marks").findOne({}, { promoteBuffers: true });
    expect(stored).toMatchObject({ place: 7, _other: { "a%002eb": { "%0024c": "1" } } });
    expect((stored?.["id"] as Buffer).toString("hex")).toBe(id);
  });
});

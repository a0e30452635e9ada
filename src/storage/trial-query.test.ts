import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSpace } from "../space/create-space.ts";
import { choice, linspace } from "../space/constructors.ts";
import { openStorage } from "./open-storage.ts";
import type { Storage } from "./storage.ts";

const definition = {
  name: "squares",
  space: { x: linspace(-2, 2, 5), kind: choice(["a", "b"]) },
  run: ({ x }: { readonly x: number }) => ({ y: x * x }),
};

let storage: Storage;

beforeAll(async () => {
  storage = await openStorage("memory:");
  const space = createSpace(definition.space);
  await storage.createExperiment({ name: definition.name, space });
  for (let i = 0; i < space.size - 1; i += 1) {
    const params = space.at(i);
    await storage.registerTrial("squares", params, { results: definition.run(params) });
  }
  await storage.registerTrial("squares", space.at(space.size - 1));
});
afterAll(async () => {
  await storage.close();
});

describe("a query of trials", () => {
  test("gives all trials in the order of their numbers", async () => {
    const rows = await storage.trials("squares").rows();
    expect(rows.map((row) => row.number)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("joins expressions by and", async () => {
    const rows = await storage.trials("squares").where("x < 0 or x > 1").where('kind = "b"').rows();
    expect(rows.map((row) => row.params)).toEqual([
      { x: -2, kind: "b" },
      { x: -1, kind: "b" },
      { x: 2, kind: "b" },
    ]);
  });

  test("parses each expression by itself, so that none undoes another", async () => {
    const query = storage.trials("squares").where("x < 0").where("x > 0) or (x < 9");
    await expect(query.rows()).rejects.toMatchObject({ code: "INVALID_EXPRESSION" });
  });

  test("narrows by state, sorts and limits", async () => {
    const query = storage.trials("squares").status("completed").sort("y", { descending: true });
    expect((await query.limit(3).rows()).map((row) => row.number)).toEqual([0, 1, 8]);
    expect((await query.first())?.number).toBe(0);
    expect(await query.count()).toBe(9);
    expect(await storage.trials("squares").status("new").count()).toBe(1);
  });

  test("has the types of a definition", async () => {
    const [first] = await storage.trials(definition).rows();
    const x: number | undefined = first?.params.x;
    const y: number | undefined = first?.results?.y;
    const kind: "a" | "b" | undefined = first?.params.kind;
    // @ts-expect-error -- the space has no such parameter
    expect(first?.params.z).toBeUndefined();
    // @ts-expect-error -- the trial returns no such result
    expect(first?.results?.loss).toBeUndefined();
    expect({ x, y, kind }).toEqual({ x: -2, y: 4, kind: "a" });
  });

  test("refuses an expression that names nothing, with the nearest name", async () => {
    await expect(storage.trials("squares").where("kinds = 1").rows()).rejects.toMatchObject({
      code: "INVALID_EXPRESSION",
      message: expect.stringContaining('did you mean "kind"'),
    });
  });
});

import { expect, test } from "vitest";
import { AssayError } from "../errors/assay-error.ts";
import { connectionLost } from "./connection-loss.ts";
import type { DatabaseDriver, Operation } from "./contract.ts";
import { openMemory } from "./drivers/memory/open.ts";
import { PatientDriver, type PatienceOptions } from "./patient-driver.ts";

/** A real database on which `before` and `after` happen around each operation. */
async function disturbed(
  before: () => void,
  after: () => void = () => undefined,
): Promise<DatabaseDriver> {
  const driver = await openMemory([]);
  return new Proxy(driver, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return async (...given: unknown[]): Promise<unknown> => {
        if (name !== "close") before();
        const result: unknown = await Reflect.apply(value, target, given);
        if (name !== "close") after();
        return result;
      };
    },
  });
}

/** A database whose connection is lost before or after some operations. */
async function losing(
  losses: ("before" | "after")[],
  options: Partial<PatienceOptions> = {},
): Promise<DatabaseDriver> {
  const lose = (when: "before" | "after") => (): void => {
    if (losses[0] !== when) return;
    losses.shift();
    throw connectionLost("memory:", { mayBeDone: when === "after" }, undefined);
  };
  const driver = await disturbed(lose("before"), lose("after"));
  return new PatientDriver(driver, { patienceMs: 10_000, ...options });
}

const insert: Operation = {
  kind: "insert",
  collection: "things",
  documents: [{ a: 1 }],
};

test("what was not carried out is repeated, and says nothing of it", async () => {
  const driver = await losing(["before", "before"]);
  expect(await driver.apply([insert])).toEqual({
    applied: true,
    results: [{ count: 1, documents: [] }],
  });
  expect(await driver.count("things", {})).toBe(1);
  await driver.close();
});

test("what may have been carried out before is told with the outcome", async () => {
  const driver = await losing(["after"]);
  expect(await driver.apply([insert])).toMatchObject({ applied: true, isRepeated: true });
  await driver.close();
});

test("the wait is told once an operation, and ends when patience does", async () => {
  const heard: unknown[] = [];
  const onOutage = (error: unknown): unknown => heard.push(error);
  const driver = await losing(["before", "before", "before", "before"], { onOutage });
  expect(await driver.read("things", {}, {})).toEqual([]);
  expect(heard).toHaveLength(1);
  await driver.close();
  const impatient = await losing(["before"], { patienceMs: 0 });
  await expect(impatient.now()).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
  await impatient.close();
});

test("closing ends the wait", async () => {
  const losses = Array.from({ length: 100 }, () => "before" as const);
  const driver = await losing(losses, { patienceMs: 60_000 });
  const waiting = expect(driver.now()).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
  await driver.close();
  await waiting;
});

test("any other error is thrown at once", async () => {
  const driver = await disturbed(() => {
    throw new AssayError("CORRUPT", "damaged");
  });
  const patient = new PatientDriver(driver, { patienceMs: 10_000 });
  await expect(patient.now()).rejects.toMatchObject({ code: "CORRUPT" });
  await patient.close();
});

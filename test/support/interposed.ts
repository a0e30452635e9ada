import type { Database } from "../../src/database/contract.ts";
import { createStorage, type Storage } from "../../src/storage/storage.ts";

/** A database on which something happens before each call of a method, by its name; an error keeps it from the call. */
export function interposedDatabase(
  database: Database,
  before: (method: string) => Promise<void> | void,
): Database {
  return new Proxy(database, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      return async (...given: unknown[]): Promise<unknown> => {
        await before(String(name));
        return (await Reflect.apply(value, target, given)) as unknown;
      };
    },
  });
}

/** Another handle on a storage, on whose database something happens before each call. */
export function interposedStorage(
  { database, leaseMs }: Storage,
  before: (method: string) => Promise<void> | void,
): Storage {
  const wallClock = (): Date => new Date();
  return createStorage({ database: interposedDatabase(database, before), leaseMs, wallClock });
}

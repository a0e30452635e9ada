import { AssayError } from "../errors/assay-error.ts";
import { showValue } from "../space/show-value.ts";
import { ManagedDatabase } from "../database/managed-database.ts";
import { PatientDriver, type PatienceOptions } from "../database/patient-driver.ts";
import { loadDriver } from "./load-driver.ts";
import { ensureSchema } from "./migrate.ts";
import type { OpenStorageOptions } from "./open-options.ts";
import { rememberSource } from "./reopening.ts";
import type { StorageSource } from "./storage-source.ts";
import { createStorage, type Storage } from "./storage.ts";

/** What `openStorage` does (its documentation is there), in a module that is loaded when it is called. */
export async function connectStorage(
  source: StorageSource,
  options: OpenStorageOptions,
): Promise<Storage> {
  const { patienceMs, leaseMs = 30_000, onOutage } = options;
  if (!Number.isFinite(leaseMs)) throw noDuration("leaseMs", leaseMs);
  // It may be infinite.
  if (patienceMs !== undefined && !(patienceMs >= 0)) throw noDuration("patienceMs", patienceMs);
  const database = await openDatabase(source, {
    create: options.create !== false,
    ...(patienceMs === undefined ? {} : { patienceMs }),
    onOutage,
  });
  try {
    await ensureSchema(database, options.upgrade === true ? { upgrade: true } : {});
  } catch (error) {
    await database.close();
    throw error;
  }
  const storage = createStorage({
    database,
    wallClock: options.wallClock ?? (() => new Date()),
    leaseMs,
  });
  rememberSource(storage, source);
  return storage;
}

function noDuration(name: string, value: unknown): AssayError {
  return new AssayError("USAGE", `${name} is a number of milliseconds, got ${showValue(value)}`, {
    details: { option: name, value },
  });
}

interface OpenDatabaseOptions extends Partial<PatienceOptions> {
  readonly create: boolean;
}

/** Opens the database of a source whatever its schema is. Throws as `openStorage` does. */
export async function openDatabase(
  source: StorageSource,
  { create, patienceMs = 60_000, onOutage }: OpenDatabaseOptions,
): Promise<ManagedDatabase> {
  const open = await loadDriver(source);
  const driver = await open(create);
  return new ManagedDatabase(new PatientDriver(driver, { patienceMs, onOutage }));
}

/** Checks a URL and loads its driver, so that opening is quick later. Throws `INVALID_VALUE` at once. */
export async function preloadStorage(url: string): Promise<void> {
  await loadDriver(url);
}

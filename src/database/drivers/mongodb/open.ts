import type { Db, WriteConcernSettings } from "mongodb";
import { AssayError } from "../../../errors/assay-error.ts";
import type { CollectionDeclaration, DatabaseDriver } from "../../contract.ts";
import { checkDurability } from "./check-durability.ts";
import { markDatabase } from "./database-mark.ts";
import { MongodbDriver } from "./driver.ts";
import { toAssayError } from "./errors.ts";
import { loadClient, type ImportClient } from "./load-client.ts";
import type { MongodbDatabase } from "../../mongodb-client.ts";
import { parseMongodbUrl } from "./server-url.ts";

export interface MongodbOptions {
  /** False makes a database that is not Assay's yet `NOT_FOUND` instead of making it one. */
  readonly create: boolean;
  readonly collections: readonly CollectionDeclaration[];
  /** Imports the package `mongodb`; tests give another. */
  readonly importClient?: ImportClient;
}

/**
 * Opens a MongoDB database by its URL. Throws `INVALID_VALUE`, `MISSING_DEPENDENCY`, `STORAGE_UNAVAILABLE`,
 * `NOT_FOUND`, `CONFLICT`, `SCHEMA_NEWER`.
 */
export async function openMongodb(url: string, options: MongodbOptions): Promise<DatabaseDriver> {
  const parsed = parseMongodbUrl(url);
  const { location, database } = parsed;
  const createClient = await loadClient(url, parsed, options.importClient);
  let client = createClient();
  const close = async (): Promise<void> => await client.close();
  const reconnect = (): Db => {
    // What still waits for the old one fails, and is repeated.
    void client.close().catch(() => undefined);
    client = createClient();
    return client.db(database);
  };
  try {
    const place = {
      location,
      prefix: "",
      given: settingsOf(client.options.writeConcern),
      close,
      reconnect,
    };
    return await open(client.db(database), place, options);
  } catch (error) {
    await close();
    throw error;
  }
}

/** Opens a database of a client that the caller made, and closes. Throws as `openMongodb` does. */
export async function openMongodbClient(
  source: { readonly mongodb: MongodbDatabase; readonly prefix?: string | undefined },
  options: MongodbOptions,
): Promise<DatabaseDriver> {
  const { mongodb, prefix = "" } = source;
  if (!isDatabase(mongodb)) throw notADatabase(mongodb);
  if (!/^(?!system\.)[\w.-]*$/.test(prefix)) {
    throw new AssayError(
      "INVALID_VALUE",
      `"${prefix}" cannot begin the names of collections: letters, digits, _ - and .`,
      { details: { prefix } },
    );
  }
  const location = locationOf(mongodb);
  const given = settingsOf(mongodb.writeConcern);
  return await open(mongodb, { location, prefix, given, close: () => Promise.resolve() }, options);
}

interface Place {
  readonly location: string;
  readonly prefix: string;
  /** The write concern that the user chose. */
  readonly given: WriteConcernSettings;
  readonly close: () => Promise<void>;
  readonly reconnect?: () => Db;
}

async function open(
  db: Db,
  { given, ...place }: Place,
  { collections, create }: MongodbOptions,
): Promise<DatabaseDriver> {
  try {
    const { writeConcern, warnings } = await checkDurability(db, given);
    await markDatabase({ db, writeConcern, ...place }, collections, create);
    return new MongodbDriver({ db, writeConcern, warnings, collections, ...place });
  } catch (error) {
    throw toAssayError(error, place.location);
  }
}

/** The write concern that the user chose, as far as any. */
function settingsOf(given: WriteConcernSettings | undefined): WriteConcernSettings {
  const { w, journal, wtimeoutMS }: WriteConcernSettings = { ...given };
  return {
    ...(w === undefined ? {} : { w }),
    ...(journal === undefined ? {} : { journal }),
    ...(wtimeoutMS === undefined ? {} : { wtimeoutMS }),
  };
}

function isDatabase(value: MongodbDatabase): value is Db {
  return (
    typeof value.databaseName === "string" &&
    typeof value.collection === "function" &&
    "listCollections" in value
  );
}

function notADatabase(value: object): AssayError {
  const isClient = "db" in value && typeof value.db === "function";
  return new AssayError(
    "INVALID_VALUE",
    isClient
      ? "{ mongodb } takes a database, and this is a client, which has many; pass client.db(NAME)"
      : "{ mongodb } takes a database of the package mongodb: client.db(NAME)",
  );
}

function locationOf(db: Db): string {
  const client: unknown = Reflect.get(db, "client");
  const { options } = (client ?? {}) as { options?: { hosts?: unknown } };
  const hosts = Array.isArray(options?.hosts) ? options.hosts.map(String).join(",") : "";
  return `mongodb://${hosts}/${db.databaseName}`;
}

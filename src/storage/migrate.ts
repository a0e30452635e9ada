import type { Database } from "../database/contract.ts";
import { AssayError } from "../errors/assay-error.ts";
import { decodeValue } from "../values/decode.ts";
import { encodeValue } from "../values/encode.ts";
import { collections, schemaVersion } from "./schema.ts";

/** Takes a database from one version of the schema to the next. Safe to repeat after a crash. */
export interface Migration {
  /** The version that it makes. */
  readonly to: number;
  readonly describe: string;
  readonly apply: (database: Database) => Promise<void>;
}

/** Every migration, in order. The first makes the schema in an empty database. */
export const migrations: readonly Migration[] = [
  {
    to: 1,
    describe: "create the collections",
    apply: async (database) => {
      await database.define(collections);
    },
  },
];

/** The version of the schema that a database holds; 0 when it holds none. */
export async function readSchemaVersion(database: Database): Promise<number> {
  const [document] = await database.read("meta", { key: "schema" }, { scan: true });
  const text = document?.["value"];
  if (text === undefined) return 0;
  const version = typeof text === "string" ? decodeValue(text) : undefined;
  if (typeof version === "number" && Number.isSafeInteger(version) && version > 0) return version;
  throw new AssayError(
    "CORRUPT",
    `${database.location} has a schema version that is none: ${JSON.stringify(text)}`,
  );
}

/**
 * Makes sure that a database has the schema this Assay works with. An empty one gets it. An older one is
 * `SCHEMA_OUTDATED` unless `upgrade` is set, a newer one `SCHEMA_NEWER`; neither is touched.
 */
export async function ensureSchema(
  database: Database,
  options: { readonly upgrade?: boolean; readonly migrations?: readonly Migration[] } = {},
): Promise<void> {
  const steps = options.migrations ?? migrations;
  const wanted = steps.at(-1)?.to ?? schemaVersion;
  const found = await readSchemaVersion(database);
  if (found === wanted) return;
  if (found > wanted) {
    throw new AssayError(
      "SCHEMA_NEWER",
      `${database.location} has schema ${String(found)}, written by a newer Assay; this one knows schemas up to ${String(wanted)}`,
      { details: { found, wanted } },
    );
  }
  if (found > 0 && options.upgrade !== true) {
    throw new AssayError(
      "SCHEMA_OUTDATED",
      `${database.location} has schema ${String(found)}, this Assay needs ${String(wanted)}; run "assay db upgrade"`,
      { details: { found, wanted } },
    );
  }
  for (const step of steps) {
    if (step.to <= found) continue;
    await step.apply(database);
    await writeSchemaVersion(database, step.to);
  }
}

async function writeSchemaVersion(database: Database, version: number): Promise<void> {
  const value = encodeValue(version);
  await database.batch([
    { kind: "insert", collection: "meta", documents: [{ key: "schema", value }], ifAbsent: true },
    { kind: "update", collection: "meta", query: { key: "schema" }, change: { set: { value } } },
  ]);
}

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

/** What an older database lacks of the schema that this Assay works with. */
export interface PendingMigrations {
  /** The version that it has; 0 when it is empty. */
  readonly found: number;
  readonly wanted: number;
  /** In order; none when it is up to date. */
  readonly steps: readonly Migration[];
}

/** What is to be done to a database so that it has the newest schema. `SCHEMA_NEWER` when it has a newer one. */
export async function pendingMigrations(
  database: Database,
  all: readonly Migration[] = migrations,
): Promise<PendingMigrations> {
  const wanted = all.at(-1)?.to ?? schemaVersion;
  const found = await readSchemaVersion(database);
  if (found <= wanted) return { found, wanted, steps: all.filter(({ to }) => to > found) };
  throw new AssayError(
    "SCHEMA_NEWER",
    `${database.location} has schema ${String(found)}, written by a newer Assay; this one knows schemas up to ${String(wanted)}`,
    { details: { found, wanted } },
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
  const pending = await pendingMigrations(database, options.migrations);
  const { found, wanted, steps } = pending;
  if (steps.length > 0 && found > 0 && options.upgrade !== true) {
    throw new AssayError(
      "SCHEMA_OUTDATED",
      `${database.location} has schema ${String(found)}, this Assay needs ${String(wanted)}; run "assay db upgrade"`,
      { details: { found, wanted } },
    );
  }
  await migrate(database, pending);
}

/**
 * Carries out migrations, one after the other. Killed anywhere, it can be done again: a migration that was
 * begun is repeated, one whose version is written is not.
 * @param onStep called before each
 */
export async function migrate(
  database: Database,
  { found, steps }: Pick<PendingMigrations, "found" | "steps">,
  onStep: (step: Migration) => void = () => undefined,
): Promise<void> {
  let version = found;
  for (const step of steps) {
    onStep(step);
    await step.apply(database);
    await writeSchemaVersion(database, version, step.to);
    version = step.to;
  }
}

/** Another process that migrates too may be further: a version never goes back. */
async function writeSchemaVersion(database: Database, from: number, to: number): Promise<void> {
  const value = encodeValue(to);
  await database.batch([
    { kind: "insert", collection: "meta", documents: [{ key: "schema", value }], ifAbsent: true },
    {
      kind: "update",
      collection: "meta",
      query: { key: "schema", value: from },
      change: { set: { value } },
    },
  ]);
}

import { readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import type { CollectionDeclaration, Database, Document } from "../../src/database/contract.ts";
import { openSqlite } from "../../src/database/drivers/sqlite/open.ts";
import { ManagedDatabase } from "../../src/database/managed-database.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { decodeValue } from "../../src/values/decode.ts";
import { toDisplay } from "../../src/values/display.ts";
import type { ProjectFolder } from "./project-folder.ts";

/** A database as a released schema kept it. `npm run fixture` writes one of the schema of today. */
export interface SchemaFixture {
  readonly schema: number;
  /** The collections as they were declared then. */
  readonly collections: readonly CollectionDeclaration[];
  readonly documents: readonly { readonly collection: string; readonly document: Document }[];
  /** What `readEverything` said of it then. */
  readonly expected: unknown;
  /** The very file that SQLite had. */
  readonly sqlite: Uint8Array;
}

/** Where a fixture is kept, by its schema. */
function fixtureFolder(schema: number): string {
  return join(root, `schema-${String(schema)}`);
}

const root = resolve(import.meta.dirname, "../fixtures");

/** All that are kept, by their schemas. */
export function readFixtures(): readonly SchemaFixture[] {
  return readdirSync(root)
    .filter((name) => name.startsWith("schema-"))
    .map((name) => Number(name.slice("schema-".length)))
    .sort((a, b) => a - b)
    .map(readFixture);
}

function readFixture(schema: number): SchemaFixture {
  const read = (name: string): Buffer => readFileSync(join(fixtureFolder(schema), name));
  const lines = gunzipSync(read("documents.jsonl.gz")).toString().trimEnd().split("\n");
  const [head = "", ...documents] = lines;
  return {
    schema,
    collections: (JSON.parse(head) as { readonly collections: CollectionDeclaration[] })
      .collections,
    documents: documents.map((line) => decodeValue(line) as SchemaFixture["documents"][number]),
    expected: JSON.parse(read("expected.json").toString()) as unknown,
    sqlite: gunzipSync(read("sqlite.db.gz")),
  };
}

/** A way to get a database of a fixture. A server's loads the documents into a database of its own. */
export interface FixtureBackend {
  readonly name: string;
  /** Returns the URL of a database that has the fixture's schema and content. */
  readonly load: (fixture: SchemaFixture, folder: ProjectFolder) => Promise<string>;
}

export const fixtureBackends: readonly FixtureBackend[] = [
  {
    name: "the SQLite file as it was",
    load: async ({ sqlite }, folder) => {
      await writeFile(folder.path("fixture.db"), sqlite);
      return `sqlite:${folder.path("fixture.db")}`;
    },
  },
  {
    name: "its documents in SQLite",
    load: async (fixture, folder) => {
      const path = folder.path("loaded.db");
      const { collections } = fixture;
      const database = new ManagedDatabase(await openSqlite({ path, collections }));
      await loadDocuments(database, fixture);
      await database.close();
      return `sqlite:${path}`;
    },
  },
];

/** Makes a database that is empty, and knows the collections of a fixture, what the fixture is. */
async function loadDocuments(
  database: Database,
  { collections, documents }: SchemaFixture,
): Promise<void> {
  await database.define(collections);
  for (const { collection, document } of documents) await database.write(collection, document);
}

/** What a person can read of a storage, as data that stays the same when it is upgraded. */
export async function readEverything(storage: Storage): Promise<unknown> {
  const experiments = [];
  for (const experiment of await storage.getExperiments()) {
    const trials = [];
    for (const trial of await storage.getTrials(experiment)) {
      const { id } = trial;
      const artifacts = [];
      for (const { name } of await storage.getArtifacts(id)) {
        artifacts.push({ name, text: (await storage.readArtifact(id, name)).toString() });
      }
      trials.push({
        ...trial,
        attempts: await storage.getAttempts(id),
        snapshots: await storage.getSnapshots(id),
        latest: (await storage.latestSnapshot(id))?.state ?? null,
        artifacts,
        output: (await storage.getOutput(id)) ?? null,
      });
    }
    const { key: _, ...fields } = experiment;
    const hasBest = experiment.objectives.length > 0;
    experiments.push({
      ...fields,
      trials,
      counts: await storage.countByStatus(experiment),
      best: hasBest ? ((await storage.bestTrial(experiment))?.number ?? null) : null,
      runs: await storage.getRuns(experiment),
      lock: await storage.getAlgorithmLockInfo(experiment),
    });
  }
  return JSON.parse(JSON.stringify(toDisplay(experiments))) as unknown;
}

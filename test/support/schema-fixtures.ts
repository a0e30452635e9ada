import { readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import type { CollectionDeclaration, Document } from "../../src/database/contract.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { decodeValue } from "../../src/values/decode.ts";
import { toDisplay } from "../../src/values/display.ts";
import { openCollections } from "./open-collections.ts";

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

/** The file that SQLite had, as it was. */
export async function writeSqliteFile({ sqlite }: SchemaFixture, path: string): Promise<string> {
  await writeFile(path, sqlite);
  return `sqlite:${path}`;
}

/** Makes the empty database of a storage's URL, of any kind that lasts, what a fixture is. */
export async function loadFixture(
  { collections, documents }: SchemaFixture,
  url: string,
): Promise<string> {
  const database = await openCollections(url, collections);
  try {
    await database.define(collections);
    for (const { collection, document } of documents) await database.write(collection, document);
  } finally {
    await database.close();
  }
  return url;
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

// Writes a database of the schema of today to test/fixtures: once for each released schema.
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { openStorage } from "../../../src/storage/open-storage.ts";
import { collections, schemaVersion } from "../../../src/storage/schema.ts";
import { encodeValue } from "../../../src/values/encode.ts";
import { furnish } from "../../../src/testing/storage/furnished.ts";
import { readEverything } from "../schema-fixtures.ts";

const [root = "test/fixtures"] = process.argv.slice(2);
const target = join(root, `schema-${String(schemaVersion)}`);
if (existsSync(target)) throw new Error(`${target} is kept as it is: what was released stays`);
const folder = await mkdtemp(join(tmpdir(), "fixture-"));
const path = join(folder, "fixture.db");
const storage = await openStorage(path);
await furnish(storage);
for (const experiment of await storage.getExperiments()) await storage.refreshView(experiment);
const lines = [JSON.stringify({ schema: schemaVersion, collections })];
for (const { name } of collections) {
  for (const document of await storage.database.read(name, {}, { scan: true })) {
    lines.push(encodeValue({ collection: name, document }));
  }
}
const expected = await readEverything(storage);
await storage.close();
await mkdir(target, { recursive: true });
const compressed = (content: string | Uint8Array): Uint8Array => gzipSync(content, { level: 9 });
await writeFile(join(target, "documents.jsonl.gz"), compressed(`${lines.join("\n")}\n`));
await writeFile(join(target, "expected.json"), `${JSON.stringify(expected, null, 1)}\n`);
await writeFile(join(target, "sqlite.db.gz"), compressed(await readFile(path)));
await rm(folder, { recursive: true });
console.log(`Wrote ${target}`);

// Reads the trials of an experiment as a user who may write nowhere, and prints how many there are, what an
// attempt to write says, and what is left of it in the temporary folder: read-only FILE NAME
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { openStorage } from "../../../src/storage/open-storage.ts";

const [file = "", name = ""] = process.argv.slice(2);
// The driver is loaded while that may be read.
await (await openStorage("memory:")).close();
if (process.getuid?.() === 0) {
  process.setgid?.(65_534);
  process.setuid?.(65_534);
}
const storage = await openStorage(file, { create: false });
const status = await storage.countByStatus(name);
const now = await storage.database.now();
const message = await storage.deleteExperiment(name).then(
  () => "written",
  (error: unknown) => String(error),
);
await storage.close();
console.log(JSON.stringify({ status, now, message, left: readdirSync(tmpdir()) }));

// Prints the database's time for each line that it reads: database-time FILE
import { createInterface } from "node:readline";
import { openStorage } from "../../../src/storage/open-storage.ts";

const [file = ""] = process.argv.slice(2);
await using storage = await openStorage(file);
for await (const _ of createInterface({ input: process.stdin })) {
  console.log(await storage.database.now());
}

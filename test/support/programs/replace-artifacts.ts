// Replaces the artifacts of trials without end, with few different contents, and prints a line for each:
// replace-artifacts FILE ID…
import { openStorage } from "../../../src/storage/open-storage.ts";

const [file = "", ...ids] = process.argv.slice(2);
const storage = await openStorage(file);
for (;;) {
  const id = ids[Math.floor(Math.random() * ids.length)] ?? "";
  const content = Buffer.alloc(1_500_000, Math.floor(Math.random() * 3));
  await storage.saveArtifact(id, "log", content);
  console.log(id);
}

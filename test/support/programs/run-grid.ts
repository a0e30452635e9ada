// Registers and runs the grid of an experiment together with other processes: run-grid FILE NAME LIMIT
// Prints the numbers of the trials that it completed, as JSON.
import { spaceFromDefinition } from "../../../src/space/create-space.ts";
import { openStorage } from "../../../src/storage/open-storage.ts";
import { processIdentity } from "../../../src/util/boot.ts";
import { encodeValue } from "../../../src/values/encode.ts";

const [file = "", name = "", limit = "1"] = process.argv.slice(2);
await using storage = await openStorage(file);
const experiment = await storage.getExperiment(name);
const space = spaceFromDefinition(experiment.space);
const completed: number[] = [];

async function extend(): Promise<boolean> {
  const cursor = await storage.readCursor(experiment);
  if (cursor.position >= space.size) return false;
  const end = Math.min(space.size, cursor.position + 20);
  const numbers = Array.from({ length: end - cursor.position }, (_, i) => cursor.position + i);
  const suggestions = numbers.map((number) => ({
    params: space.at(number),
    occurrence: 0,
    number,
    position: number + 1,
  }));
  await storage.registerTrials(experiment, cursor, suggestions);
  return true;
}

for (;;) {
  const claims = await storage.claimTrials(experiment, processIdentity(), Number(limit));
  if (claims.length === 0) {
    if (await extend()) continue;
    break;
  }
  const at = new Date().toISOString();
  const found = { results: encodeValue({ loss: 1 }), objective: 1 };
  const outcomes = await storage.commitReports(
    claims.flatMap((trial) => [
      { kind: "started" as const, trial, startedAt: at, worker: "w", run: "r" },
      { kind: "finished" as const, trial, status: "completed" as const, ...found, endedAt: at },
    ]),
  );
  for (const [i, { number }] of claims.entries()) {
    if (outcomes[2 * i] === true && outcomes[2 * i + 1] === true) completed.push(number);
  }
}
console.log(JSON.stringify(completed));

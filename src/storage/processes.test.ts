import { once } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { nodeProgram } from "../../test/support/node-program.ts";
import { projectFolder } from "../../test/support/project-folder.ts";
import { gridSpec, results, storedGrid } from "../testing/storage/fixtures.ts";
import { isProcessGone, processIdentity } from "../util/boot.ts";
import type { ClaimedTrial } from "./leases.ts";
import { openStorage } from "./open-storage.ts";

test("four processes that write one file back to back each get their own trials", async () => {
  const folder = await projectFolder({});
  const file = folder.path("a.db");
  const storage = await openStorage(file);
  const size = 400;
  await storage.createExperiment(gridSpec(size));
  const runGrid = await nodeProgram(folder, "run-grid");
  const programs = ["1", "2", "3", "5"].map((limit) => runGrid(file, "grid", limit));
  const outputs = await Promise.all(programs.map(async (program) => await program.rest()));

  const numbers = outputs.flatMap(([line = "[]"]) => JSON.parse(line) as number[]);
  expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, i) => i));
  expect(await storage.countByStatus("grid")).toMatchObject({ total: size, completed: size });
  const attempts = new Set((await storage.getTrials("grid")).map(({ attempt }) => attempt));
  expect(attempts).toEqual(new Set([1]));
  await storage.close();
}, 180_000);

test("what a killed process left is lost: its run, its trial and the attempt", async () => {
  const folder = await projectFolder({});
  const file = folder.path("a.db");
  const storage = await openStorage(file);
  const experiment = await storedGrid(storage, 1);
  const holdTrial = await nodeProgram(folder, "hold-trial");
  const holder = holdTrial(file, "grid");
  const { claim } = JSON.parse(await holder.line()) as { claim: ClaimedTrial };
  expect(await storage.getRuns(experiment)).toMatchObject([{ status: "running" }]);
  expect(await storage.fetchLostTrials(experiment)).toEqual([]);
  expect(await storage.getAttempts(claim.id)).toMatchObject([{ status: "reserved" }]);

  holder.process.kill("SIGKILL");
  await once(holder.process, "exit");
  expect(await storage.getRuns(experiment)).toMatchObject([{ status: "lost", endedAt: null }]);
  expect(await storage.fetchLostTrials(experiment)).toMatchObject([{ id: claim.id }]);
  expect(await storage.getAttempts(claim.id)).toMatchObject([{ status: "lost" }]);

  // A later run records it, for readers on other machines.
  expect(await storage.database.read("runs", { number: 1 })).toMatchObject([{ status: "running" }]);
  const next = { command: [], environment: {}, holder: processIdentity() };
  await storage.startRun(experiment, next);
  expect(await storage.database.read("runs", { number: 1 })).toMatchObject([{ status: "lost" }]);
  await storage.startRun(experiment, next);
  expect((await storage.getRuns(experiment)).map(({ status }) => status)).toEqual([
    "lost",
    "running",
    "running",
  ]);
  await storage.close();
}, 60_000);

test("processes that are killed while they replace artifacts leave whole ones, and no other content", async () => {
  const folder = await projectFolder({});
  const file = folder.path("a.db");
  const storage = await openStorage(file);
  const experiment = await storedGrid(storage, 3);
  const ids = await storage.getTrialIds(experiment);
  const replaceArtifacts = await nodeProgram(folder, "replace-artifacts");
  for (let round = 1; round <= 4; round += 1) {
    const programs = [replaceArtifacts(file, ...ids), replaceArtifacts(file, ...ids)];
    for (const program of programs) {
      for (let i = 0; i < round * 3; i += 1) await program.line();
      const ended = once(program.process, "exit");
      program.process.kill("SIGKILL");
      await ended;
    }
    const named = new Set<string>();
    for (const id of ids) {
      for (const { name, sha256 } of await storage.getArtifacts(id)) {
        named.add(sha256);
        expect((await storage.readArtifact(id, name)).length).toBe(1_500_000);
      }
    }
    const select = ["sha256"];
    const blobs = await storage.database.read("blobs", {}, { scan: true, select });
    expect(new Set(blobs.map(({ sha256 }) => sha256))).toEqual(named);
  }
  await storage.close();
}, 120_000);

test("the trial of a process that was killed is taken over at once, and stays exactly one", async () => {
  const folder = await projectFolder({});
  const file = folder.path("a.db");
  const storage = await openStorage(file);
  const experiment = await storage.createExperiment(gridSpec(1));
  await storage.registerTrial(experiment, { x: 0, fixed: "constant" });
  const holdTrial = await nodeProgram(folder, "hold-trial");
  const holder = holdTrial(file, "grid");
  const { identity, claim } = JSON.parse(await holder.line()) as {
    identity: string;
    claim: ClaimedTrial;
  };
  expect(claim.number).toBe(0);
  expect(identity).not.toBe(processIdentity());
  expect(isProcessGone(identity)).toBe(false);
  expect(await storage.releaseGoneHolders(experiment)).toBe(0);
  expect(await storage.claimTrials(experiment, "taker", 1)).toEqual([]);

  holder.process.kill("SIGKILL");
  await once(holder.process, "exit");
  expect(isProcessGone(identity)).toBe(true);
  expect(await storage.releaseGoneHolders(experiment)).toBe(1);
  const taken = await storage.reserveTrial(experiment, { holder: processIdentity() });
  expect(taken).toMatchObject({ number: 0, losses: 1 });
  await expect(storage.pushTrialResults(experiment, claim, results)).rejects.toMatchObject({
    code: "LEASE_LOST",
  });
  expect(await storage.getAttempts(claim.id)).toMatchObject([
    { status: "lost" },
    { status: "reserved" },
  ]);
  await storage.close();
}, 60_000);

/** What is completed or pruned, or held by who may make it so, in one read. */
const taken = { $in: ["completed", "pruned", "reserved"] };

test.each([
  ["with trials open beyond it", 60, 1],
  ["with trials open beyond it", 60, 2],
  ["with more broken trials than places", 20, 1],
  ["with more broken trials than places", 20, 2],
])(
  "four processes that claim and renew under a limit never exceed it together, %s (%i open, seed %i)",
  async (_, open, round) => {
    const folder = await projectFolder({});
    const file = folder.path("a.db");
    const storage = await openStorage(file);
    const maxTrials = 25;
    const experiment = await storedGrid(storage, 60);
    await storage.updateTrials(experiment, { status: "broken" }, { number: { $gte: open } });
    const claimWithin = await nodeProgram(folder, "claim-within");
    const programs = [1, 2, 3, 4].map((i) =>
      claimWithin(file, "grid", String(maxTrials), `${String(round)} ${String(i)}`),
    );
    for (const program of programs) expect(await program.line()).toBe("ready");
    for (const program of programs) program.process.stdin?.write("go\n");

    const over = new AbortController();
    let most = 0;
    const watching = (async () => {
      while (!over.signal.aborted) {
        const where = { experiment: experiment.key, status: taken };
        most = Math.max(most, await storage.database.count("trials", where));
        await turn();
      }
    })();
    await Promise.all(programs.map(async (program) => await program.rest()));
    over.abort();
    await watching;
    expect(most).toBe(maxTrials);
    const counts = await storage.countByStatus(experiment);
    expect(counts.completed).toBe(maxTrials);
    // Nothing was made new that the limit had no place for.
    if (open < maxTrials) expect(counts.broken).toBe(60 - maxTrials);
    await storage.close();
  },
  180_000,
);

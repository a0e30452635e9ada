import { createHash } from "node:crypto";
import { uniform } from "../../space/constructors.ts";
import { createSpace } from "../../space/create-space.ts";
import type { FinishedReport } from "../../storage/reports.ts";
import type { Storage } from "../../storage/storage.ts";
import { encodeValue } from "../../values/encode.ts";
import { collect, numbersOf, reserved, storedGrid } from "./fixtures.ts";
import type { StorageTests } from "./tests.ts";

interface LargeResults {
  readonly loss: number;
  readonly weights: Float64Array;
  readonly note: string;
}

/** So many bytes of weights make results that are stored beside their document. */
const oneMegabyte = 1_200_000;

/** Results with weights that begin with a number of their own. */
function large(loss: number, bytes: number = oneMegabyte): LargeResults {
  return { loss, weights: Float64Array.from({ length: bytes / 8 }, (_, i) => i + loss), note: "n" };
}

/** The same with a hash of the weights, which are too many to be compared one by one. */
function hashed(results: unknown): unknown {
  const { weights, ...rest } = results as LargeResults;
  const hash = createHash("sha256").update(Buffer.from(weights.buffer)).digest("hex");
  return { ...rest, weights: [weights.constructor.name, weights.byteOffset, hash] };
}

/** How much is stored of content and of what has it. */
async function stored({ database }: Storage): Promise<unknown> {
  const all = { scan: true };
  return {
    chunks: await database.count("blobs", { chunk: { $gte: 0 } }, all),
    owners: await database.count("artifacts", {}, all),
  };
}

export function largeResultsTests({ test, expect }: StorageTests): void {
  test("results of 20 MB come back as they were, also when the trial is run again", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const [first, second] = [large(0.5, 15_000_000), large(0.25)];
    const { id } = await reserved(storage, experiment);
    await storage.completeTrial(id, first);
    expect(hashed((await storage.getTrial(id)).results)).toEqual(hashed(first));
    await storage.markTrialIncomplete(id);
    await storage.pushTrialResults(experiment, await reserved(storage, experiment), second);
    const [trial] = await collect(storage.eachTrial(experiment));
    expect(hashed(trial?.results)).toEqual(hashed(second));
    const attempts = (await storage.getAttempts(id)).filter(({ results }) => results !== null);
    expect(attempts.map(({ results }) => hashed(results))).toEqual([hashed(first), hashed(second)]);
  });

  test("large results are whole in every way of reading, and found by their small values", async (storage) => {
    const experiment = await storedGrid(storage, 2);
    const { id } = await reserved(storage, experiment);
    const results = large(0.5);
    await storage.completeTrial(id, results);
    const query = storage.trials(experiment);
    for (const trial of [
      await storage.findTrial(id),
      await storage.getTrialByNumber(experiment, 0),
      await storage.bestTrial(experiment),
      (await storage.getTrials(experiment))[0],
      (await storage.fetchTrialsByStatus(experiment, "completed"))[0],
      (await storage.fetchTrials(experiment, { "results.loss": { $lt: 1 } }))[0],
      (await storage.fetchTrials(experiment, { "results.weights": { $exists: true } }))[0],
      await query.where("results.loss < 1 and results.note = 'n'").first(),
      await query.where("weights is not null").first(),
      await query.sort("loss").first(),
    ]) {
      expect(hashed(trial?.results)).toEqual(hashed(results));
    }
    expect(await query.where("results.loss > 1").count()).toBe(0);
  });

  test("results of many short values, and of odd names, come back as they were", async (storage) => {
    const experiment = await storedGrid(storage, 4, { objectives: [] });
    const text = "ä".repeat(10_000);
    const many = (count: number): Record<string, unknown> =>
      Object.fromEntries(
        Array.from({ length: count }, (_, i) => [`key ${String(i)}`, `${text} ${String(i)}`]),
      );
    const zero = { negative: -0, none: NaN, number: 1e-7, nested: { ["__proto__"]: 1n } };
    for (const results of [
      { ...many(150), ...zero },
      { ...many(450), ...zero },
      { $odd: text.repeat(120), ...zero },
      { "": text.repeat(60), ["__proto__"]: text.repeat(60), ...zero },
    ]) {
      const claim = await reserved(storage, experiment);
      await storage.pushTrialResults(experiment, claim, results);
      const found = (await storage.getTrial(claim.id)).results;
      expect(encodeValue(found) === encodeValue(results)).toBe(true);
    }
    // What is many megabytes of short values only cannot be looked into by a query.
    const found = await storage.fetchTrials(experiment, { "results.number": { $lt: 1 } });
    expect(numbersOf(found)).toEqual([0, 2, 3]);
  });

  test("a trial is inserted with large results, and told with them", async (storage) => {
    const space = createSpace({ rate: uniform(0, 1) });
    const experiment = await storage.createExperiment({ name: "drawn", space });
    const results = large(0.5);
    const { id, results: told } = await storage.registerTrial(experiment, { rate: 1 }, { results });
    expect(hashed(told)).toEqual(hashed(results));
    expect(hashed((await storage.getTrial(id)).results)).toEqual(hashed(results));
    const again = storage.registerTrial(experiment, { rate: 1 }, { results });
    await expect(again).rejects.toMatchObject({ code: "DUPLICATE" });
  });

  test("content that attempts and trials share goes with the last of them", async (storage) => {
    const experiment = await storedGrid(storage, 2);
    const ids = await storage.getTrialIds(experiment);
    const results = large(0.5);
    for (const id of ids) await storage.completeTrial(id, results);
    await storage.markTrialIncomplete(ids[0] ?? "");
    await storage.pushTrialResults(experiment, await reserved(storage, experiment), results);
    expect(await stored(storage)).toEqual({ chunks: 2, owners: 2 });
    await storage.deleteTrials(experiment, { number: 0 });
    expect(hashed((await storage.getTrial(ids[1] ?? "")).results)).toEqual(hashed(results));
    await storage.deleteTrials(experiment, { number: 1 });
    // Without transactions content is freed with its experiment only.
    const { atomicBatch } = storage.database.capabilities;
    expect(await stored(storage)).toEqual({ chunks: atomicBatch ? 0 : 2, owners: 0 });
    await storage.deleteExperiment("grid");
    expect(await stored(storage)).toEqual({ chunks: 0, owners: 0 });
  });

  test("large results that are damaged are CORRUPT, by the name of their trial or attempt", async (storage) => {
    const experiment = await storedGrid(storage, 2);
    const [id = "", other = ""] = await storage.getTrialIds(experiment);
    await storage.completeTrial(id, large(0.5));
    await storage.completeTrial(other, large(0.25));
    await storage.database.remove("blobs", { chunk: 1 }, { scan: true });
    const damaged = (what: string): object => ({
      code: "CORRUPT",
      message: `The stored content of the results of ${what} is damaged or incomplete`,
    });
    await expect(storage.getTrial(id)).rejects.toMatchObject(damaged(`trial ${id}`));
    await expect(storage.getTrials(experiment)).rejects.toMatchObject(damaged(`trial ${id}`));
    // What does not need them does without.
    expect(await storage.countCompletedTrials(experiment)).toBe(2);
    await storage.markTrialIncomplete(id);
    const attempts = storage.getAttempts(id);
    await expect(attempts).rejects.toMatchObject(damaged(`attempt 1 of trial ${id}`));
    expect(await storage.getTrial(id)).toMatchObject({ status: "new", results: null });
  });

  test("large results under a stale token store nothing, and touch no neighbour", async (storage) => {
    const experiment = await storedGrid(storage, 3);
    const claims = [];
    for (let i = 0; i < 3; i += 1) claims.push(await reserved(storage, experiment));
    await storage.setTrialStatus(claims[1]?.id ?? "", "interrupted");
    const endedAt = new Date().toISOString();
    const reports = claims.map((trial, i): FinishedReport => {
      const results = encodeValue(large(i));
      return { kind: "finished", trial, status: "completed", results, objective: i, endedAt };
    });
    expect(await storage.commitReports(reports)).toEqual([true, false, true]);
    expect(await stored(storage)).toEqual({ chunks: 4, owners: 2 });
    expect(await storage.commitReports(reports)).toEqual([false, false, false]);
    expect(await stored(storage)).toEqual({ chunks: 4, owners: 2 });
    const trials = await storage.getTrials(experiment);
    expect(trials.map(({ results }) => results && hashed(results))).toEqual([
      hashed(large(0)),
      null,
      hashed(large(2)),
    ]);
    const stale = storage.pushTrialResults(experiment, claims[1] ?? reports[0]!.trial, large(1));
    await expect(stale).rejects.toMatchObject({ code: "LEASE_LOST" });
    expect(await stored(storage)).toEqual({ chunks: 4, owners: 2 });
  });

  test("large results are no artifacts, and no artifact can be taken for them", async (storage) => {
    const experiment = await storedGrid(storage, 1);
    const { id } = await reserved(storage, experiment);
    await storage.completeTrial(id, large(0.5));
    expect(await storage.getArtifacts(id)).toEqual([]);
    const [owner] = await storage.database.read("artifacts", {}, { scan: true });
    const name = String(owner?.["name"]);
    await expect(storage.readArtifact(id, name)).rejects.toMatchObject({
      code: "NOT_FOUND",
      details: { accepted: [] },
    });
    await expect(storage.saveArtifact(id, name, Buffer.from("x"))).rejects.toMatchObject({
      code: "INVALID_VALUE",
      message: `An artifact's name does not begin with "$", as "${name}" does`,
    });
    expect(hashed((await storage.getTrial(id)).results)).toEqual(hashed(large(0.5)));
  });
}

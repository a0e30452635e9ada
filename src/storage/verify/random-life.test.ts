import { expect, test } from "vitest";
import { projectFolder } from "../../../test/support/project-folder.ts";
import { isAssayError } from "../../errors/assay-error.ts";
import type { Experiment } from "../../model/experiment.ts";
import { trialStatuses } from "../../model/status.ts";
import { choice, linspace, repeat, uniform } from "../../space/constructors.ts";
import { createSpace } from "../../space/create-space.ts";
import { suggestionsOf } from "../../testing/storage/fixtures.ts";
import { createRandom, type Random } from "../../util/random.ts";
import { encodeValue } from "../../values/encode.ts";
import type { ClaimedTrial } from "../leases.ts";
import { encodePoints } from "../metrics.ts";
import { openStorage } from "../open-storage.ts";
import type { TrialReport } from "../reports.ts";
import type { Storage } from "../storage.ts";
import { verifyDatabase } from "../verify-database.ts";

const grid = createSpace({ x: linspace(0, 1, 8), twice: repeat("a", 2), kind: choice(["p", "q"]) });
const sampled = createSpace({ rate: uniform(0, 1) });
const objectives = [{ name: "loss", direction: "minimize" } as const];

/** What people and workers may do, in any order. */
class RandomLife {
  readonly #storage: Storage;
  readonly #random: Random;
  readonly #experiments: Experiment[] = [];
  /** Claims, some of which are lost by now, and whether their attempts were started. */
  #claims: { readonly claim: ClaimedTrial; chunks: number }[] = [];

  constructor(storage: Storage, random: Random) {
    this.#storage = storage;
    this.#random = random;
  }

  async begin(): Promise<void> {
    for (const [name, space] of Object.entries({ grid, sampled })) {
      this.#experiments.push(await this.#storage.createExperiment({ name, space, objectives }));
    }
  }

  /** One step; what is refused changes nothing. */
  async step(): Promise<void> {
    const steps = [
      this.#register,
      this.#register,
      this.#claimAhead,
      this.#insert,
      this.#claim,
      this.#claim,
      this.#report,
      this.#report,
      this.#report,
      this.#report,
      this.#snapshot,
      this.#artifact,
      this.#administer,
      this.#delete,
      this.#run,
      this.#lock,
    ];
    try {
      await this.#random.pick(steps).call(this, this.#random.pick(this.#experiments));
    } catch (error) {
      if (!isAssayError(error) || error.code === "CORRUPT") throw error;
    }
  }

  async #register(experiment: Experiment): Promise<void> {
    const cursor = await this.#storage.readCursor(experiment);
    const count = this.#random.integer(1, 4);
    const { position } = cursor;
    const suggestions =
      experiment.total === null
        ? Array.from({ length: count }, (_, i) => ({
            // An algorithm proposes nothing twice.
            params: { rate: (position + i) / 1024 },
            occurrence: 0,
            position: position + i + 1,
          }))
        : suggestionsOf(experiment, position, position + count);
    await this.#storage.registerTrials(experiment, cursor, suggestions, { maxTrials: 25 });
  }

  async #claimAhead(experiment: Experiment): Promise<void> {
    if (experiment.total === null) return;
    const [trial] = suggestionsOf(experiment, this.#random.integer(0, experiment.total - 1));
    const options = { holder: "h", limit: 1, maxTrials: 25 };
    const { claimed } = await this.#storage.claimAhead(experiment, [trial!], options);
    this.#claims.push(...claimed.map((claim) => ({ claim, chunks: 0 })));
  }

  async #insert(experiment: Experiment): Promise<void> {
    const params =
      experiment.total === null
        ? { rate: this.#random.next() }
        : { x: this.#random.pick([0, 1, 0.5, this.#random.next()]), twice: "a", kind: "p" };
    const options = this.#random.pick([{}, { results: { loss: 1 } }, { reserveFor: "h" }]);
    const { claim } = await this.#storage.registerTrial(experiment, params, options);
    if (claim !== undefined) this.#claims.push({ claim, chunks: 0 });
  }

  async #claim(experiment: Experiment): Promise<void> {
    const claims = await this.#storage.claimTrials(experiment, "holder", 2);
    this.#claims.push(...claims.map((claim) => ({ claim, chunks: 0 })));
    // The leases are over at once: others take over what was not ended.
    this.#claims = this.#claims.slice(-6);
  }

  async #report(): Promise<void> {
    if (this.#claims.length === 0) return;
    const held = this.#random.pick(this.#claims);
    const trial = held.claim;
    const now = new Date().toISOString();
    const { attempt } = await this.#storage.getTrial(trial.id);
    const started: TrialReport = {
      kind: "started",
      trial,
      startedAt: now,
      worker: "w",
      run: "r",
    };
    const status = this.#random.pick([
      "completed",
      "broken",
      "pruned",
      "interrupted",
      "suspended",
    ] as const);
    const ended: TrialReport = {
      kind: "finished",
      trial,
      status,
      ...(status === "completed" ? { results: encodeValue({ loss: 0.5 }), objective: 0.5 } : {}),
      ...(status === "broken" ? { error: { cause: "error", message: "bad" } } : {}),
      endedAt: now,
      durationMs: 1,
    };
    const metrics: TrialReport = {
      kind: "metrics",
      trial,
      chunk: held.chunks,
      count: 2,
      before: held.chunks * 2,
      points: encodePoints([0, 1].map((step) => ({ name: "m", step, time: 0, value: step }))),
      last: encodeValue({ m: 1 }),
    };
    const resumed: TrialReport = {
      kind: "resumed",
      trial,
      from: { attempt: trial.attempt, points: 0 },
    };
    const end = this.#random.pick(["new", "interrupted", "suspended", "broken"] as const);
    const givenBack: TrialReport = {
      kind: "finished",
      trial,
      status: end,
      ...(end === "broken" ? { error: { cause: "lost", message: "given up" } } : {}),
    };
    const isStarted: boolean = attempt === trial.attempt + 1;
    const reports: readonly TrialReport[] = isStarted
      ? this.#random.pick([[metrics], [ended], [resumed], [metrics, ended]])
      : this.#random.pick([[started], [started], [started, ended], [givenBack]]);
    const outcomes = await this.#storage.commitReports(reports);
    if (reports.includes(metrics) && outcomes[reports.indexOf(metrics)] === true) held.chunks += 1;
  }

  async #someTrial(experiment: Experiment): Promise<string> {
    return this.#random.pick([...(await this.#storage.getTrialIds(experiment)), "none"]);
  }

  async #snapshot(experiment: Experiment): Promise<void> {
    const state = { at: this.#random.integer(0, 3) };
    await this.#storage.saveSnapshot(await this.#someTrial(experiment), state, "label");
  }

  async #artifact(experiment: Experiment): Promise<void> {
    const name = this.#random.pick(["model", "plot"]);
    const data = Buffer.alloc(this.#random.integer(0, 3), 1);
    await this.#storage.saveArtifact(await this.#someTrial(experiment), name, data);
  }

  async #administer(experiment: Experiment): Promise<void> {
    const id = await this.#someTrial(experiment);
    const status = this.#random.pick(trialStatuses);
    const results = status === "completed" ? { results: { loss: 3 } } : {};
    await this.#storage.updateTrial(id, { status, ...results });
  }

  async #delete(experiment: Experiment): Promise<void> {
    if (this.#random.next() < 0.7) return;
    const number = this.#random.integer(0, 30);
    await this.#storage.deleteTrials(experiment, { number });
  }

  async #run(experiment: Experiment): Promise<void> {
    const run = await this.#storage.startRun(experiment, {
      command: ["run"],
      environment: {},
      holder: "h",
    });
    await this.#storage.updateRun(run, { status: "interrupted", summary: { executed: 1 } });
  }

  async #lock(experiment: Experiment): Promise<void> {
    const lock = await this.#storage.acquireAlgorithmLock(experiment, { owner: "o", timeoutMs: 0 });
    if (this.#random.next() < 0.5) await lock.release({ seen: 1 });
    else await this.#storage.releaseAlgorithmLock(experiment);
  }
}

test.each(Array.from({ length: 40 }, (_, seed) => seed))(
  "whatever people and workers do, nothing is wrong afterwards (seed %i)",
  async (seed) => {
    const storage = await openStorage("memory:", { leaseMs: seed % 2 === 0 ? 0 : 30_000 });
    const life = new RandomLife(storage, createRandom(seed));
    await life.begin();
    for (let i = 0; i < 150; i += 1) await life.step();
    const { problems, checked } = await verifyDatabase(storage);
    expect(problems).toEqual([]);
    expect(checked.trials).toBeGreaterThan(0);
    await storage.close();
  },
);

test.each([1, 2, 3])("what changes while it is looked at is no problem (seed %i)", async (seed) => {
  const { path } = await projectFolder({});
  const url = `sqlite:${path("life.db")}?durability=normal`;
  const [storage, reader] = [await openStorage(url, { leaseMs: 0 }), await openStorage(url)];
  const life = new RandomLife(storage, createRandom(seed));
  await life.begin();
  let steps = 0;
  const living = (async () => {
    for (; steps < 600; steps += 1) await life.step();
  })();
  let looks = 0;
  for (; steps < 600; looks += 1) {
    expect((await verifyDatabase(reader)).problems).toEqual([]);
  }
  expect(looks).toBeGreaterThan(1);
  await living;
  await reader.close();
  await storage.close();
});

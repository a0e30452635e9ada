import { join } from "node:path";
import { Logger, run } from "graphile-worker";
import pg from "pg";
import PgBoss from "pg-boss";
import { startPostgres } from "../../../test/support/servers/postgres.ts";
import { inTurn, report, reportAtLeast } from "../measure.ts";
import { createSandbox } from "../sandbox.ts";
import { fillStorage, measureCopy } from "../transfer.ts";
import { claimCost, completeAll, registered } from "./trials.ts";

const clients = 8;
const trials = 20_000;
const rounds = 3;
const batch = 50;

/** Assay's storage on PostgreSQL against graphile-worker and pg-boss, on one private server. */
export async function benchPostgres(): Promise<void> {
  const server = await startPostgres();
  if (server === undefined) {
    console.log("PostgreSQL: there is no server");
    return;
  }
  try {
    const { url } = server;
    let names = 0;
    const name = (): string => `bench${String((names += 1))}`;
    const fresh = (): string => `${url}?schema=${name()}`;
    const ours = async (limit: number): Promise<number> => {
      const storage = fresh();
      await registered(storage, trials);
      return await completeAll(storage, { clients, limit });
    };
    const rates = await inTurn(rounds, {
      graphile: async () => await graphileWorker(url, name()),
      boss: async () => await pgBoss(url, name(), 1),
      assay: async () => await ours(1),
      bossMany: async () => await pgBoss(url, name(), batch),
      assayMany: async () => await ours(batch),
    });
    const line = Object.entries(rates).map(([who, rate]) => `${who} ${rate.toFixed(0)}/s`);
    console.log(`PostgreSQL: ${line.join(", ")} (Many: ${String(batch)} at a time)`);
    // graphile-worker 0.16 takes one job at a time.
    const one = Math.max(rates.graphile, rates.boss);
    const many = Math.max(rates.graphile, rates.bossMany);
    reportAtLeast("PostgreSQL, one claim at a time, against the faster", rates.assay / one, 1);
    reportAtLeast("PostgreSQL, in batches, against the faster", rates.assayMany / many, 1);

    const small = fresh();
    const large = fresh();
    const used = fresh();
    await registered(small, 1000);
    await registered(large, 100_000);
    // Claims at the end of a run, behind all that is finished.
    await registered(used, 100_000);
    await completeAll(used, { clients, limit: batch, most: 97_500 });
    const costs = await inTurn(5, {
      small: async () => await claimCost(small),
      large: async () => await claimCost(large),
      used: async () => await claimCost(used),
    });
    report("PostgreSQL, a claim at 100,000 trials against 1,000", costs.large / costs.small, 1.5);
    report("PostgreSQL, a claim behind 97,500 finished trials", costs.used / costs.small, 1.5);
    await benchCopy(fresh());
  } finally {
    await server.close();
  }
}

/** Copies 100,000 trials from a SQLite file. */
async function benchCopy(to: string): Promise<void> {
  const count = 100_000;
  const from = `sqlite:${join(createSandbox(), "from.db")}`;
  await fillStorage(from, count);
  const { ms, peakMb } = await measureCopy(from, to);
  const rate = count / (ms / 1000);
  reportAtLeast("copy of 100,000 trials from SQLite to PostgreSQL", rate, 10_000, "trials/s");
  report("memory of the copy", peakMb, 40, "MB");
}

/** Jobs a second of 8 workers that do nothing. */
async function graphileWorker(url: string, schema: string): Promise<number> {
  const pool = new pg.Pool({ connectionString: url, max: clients + 2 });
  let left = trials;
  let resolve = (): void => undefined;
  const done = new Promise<void>((resolved) => (resolve = resolved));
  const options = { pgPool: pool, schema, logger: new Logger(() => () => undefined) };
  const { runMigrations } = await import("graphile-worker");
  await runMigrations(options);
  await pool.query(
    `SELECT ${schema}.add_job('job', json_build_object('x', i)) FROM generate_series(1, ${String(trials)}) AS i`,
  );
  const before = performance.now();
  const runner = await run({
    ...options,
    concurrency: clients,
    noHandleSignals: true,
    taskList: {
      job: () => {
        left -= 1;
        if (left === 0) resolve();
      },
    },
  });
  await done;
  const seconds = (performance.now() - before) / 1000;
  await runner.stop();
  await pool.end();
  return trials / seconds;
}

/** Jobs a second of 8 clients that fetch and complete so many at a time. */
async function pgBoss(url: string, schema: string, batchSize: number): Promise<number> {
  const boss = new PgBoss({ connectionString: url, schema, max: clients, supervise: false });
  await boss.start();
  await boss.createQueue("job");
  for (let from = 0; from < trials; from += 1000) {
    await boss.insert(Array.from({ length: 1000 }, (_, i) => ({ name: "job", data: { i } })));
  }
  const before = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      for (;;) {
        const jobs = await boss.fetch("job", { batchSize });
        if (jobs.length === 0) return;
        const ids = jobs.map(({ id }) => id);
        await boss.complete("job", ids);
      }
    }),
  );
  const seconds = (performance.now() - before) / 1000;
  await boss.stop({ graceful: false });
  return trials / seconds;
}

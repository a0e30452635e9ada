import { Agenda } from "agenda";
import { MongoClient } from "mongodb";
import { startMongodb } from "../../../test/support/servers/mongodb.ts";
import { inTurn, report, reportAtLeast } from "../measure.ts";
import { claimCost, completeAll, registered, registerNext } from "./trials.ts";

const clients = 8;
const rounds = 3;
const batch = 50;
/** Trials that a run keeps registered ahead of its workers. */
const ahead = 500;

/** Assay's storage on MongoDB against Agenda, on one private server. */
export async function benchMongodb(): Promise<void> {
  const server = await startMongodb();
  if (server === undefined) {
    console.log("MongoDB: there is no mongod, and no FerretDB");
    return;
  }
  process.on("unhandledRejection", ignoreConflicts);
  process.on("uncaughtException", ignoreConflicts);
  try {
    // FerretDB sorts all that is open for every claim: Agenda takes a minute for 2,000, and a hundred times that for ten times as many.
    const isFerret = await isFerretdb(server.url);
    const trials = isFerret ? 2000 : 20_000;
    let database = 0;
    const fresh = (): string => `${server.url}/bench${String((database += 1))}`;
    const ours = async (limit: number): Promise<number> => {
      const url = fresh();
      await registered(url, trials);
      return await completeAll(url, { clients, limit });
    };
    const rates = await inTurn(rounds, {
      agenda: async () => await agenda(fresh(), trials, 1),
      assay: async () => await ours(1),
      agendaMany: async () => await agenda(fresh(), trials, batch),
      assayMany: async () => await ours(batch),
    });
    const perSecond = (rate: number): string => rate.toFixed(0);
    console.log(
      `MongoDB${isFerret ? " (FerretDB)" : ""}, one at a time: Assay ${perSecond(rates.assay)}/s, Agenda ${perSecond(rates.agenda)}/s`,
    );
    console.log(
      `MongoDB, ${String(batch)} at a time: Assay ${perSecond(rates.assayMany)}/s, Agenda ${perSecond(rates.agendaMany)}/s`,
    );
    reportAtLeast("MongoDB, one claim at a time, against Agenda", rates.assay / rates.agenda, 1);
    reportAtLeast("MongoDB, in batches, against Agenda", rates.assayMany / rates.agendaMany, 1);
    await benchGrowth(fresh);
  } finally {
    process.off("unhandledRejection", ignoreConflicts);
    process.off("uncaughtException", ignoreConflicts);
    await server.close();
  }
}

/** The cost of a claim beside few and many trials, of which as many are open as a run keeps ahead. */
async function benchGrowth(fresh: () => string): Promise<void> {
  const small = fresh();
  const large = fresh();
  for (const [url, trials] of [
    [small, 1000],
    [large, 100_000],
  ] as const) {
    for (let from = 0; from < trials - ahead; from += 5000) {
      await registerNext(url, trials, Math.min(5000, trials - ahead - from));
      await completeAll(url, { clients: 1, limit: 5000 });
    }
    await registerNext(url, trials, ahead);
  }
  const costs = await inTurn(5, {
    small: async () => await claimCost(small),
    large: async () => await claimCost(large),
  });
  report("MongoDB, a claim at 100,000 trials against 1,000", costs.large / costs.small, 1.5);
}

async function isFerretdb(url: string): Promise<boolean> {
  const client = new MongoClient(url);
  try {
    return "ferretdb" in (await client.db("admin").command({ buildInfo: 1 }));
  } finally {
    await client.close();
  }
}

/** Agenda leaves the conflicts of its own claims to the process. */
function ignoreConflicts(error: unknown): void {
  if (!String(error).includes("MongoServerError")) throw error;
}

/** Jobs a second of 8 workers that do nothing, each of so many jobs at once. */
async function agenda(url: string, jobs: number, concurrency: number): Promise<number> {
  const collection = "jobs";
  let left = jobs;
  let resolve = (): void => undefined;
  const done = new Promise<void>((resolved) => (resolve = resolved));
  const workers = Array.from({ length: clients }, () => {
    const worker = new Agenda({ db: { address: url, collection }, defaultLockLifetime: 5000 });
    // Conflicts of its own claims, after which it goes on.
    worker.on("error", () => undefined);
    worker.processEvery("0.005 seconds");
    worker.define("job", { concurrency, lockLimit: concurrency }, async () => {
      left -= 1;
      if (left === 0) resolve();
      await Promise.resolve();
    });
    return worker;
  });
  await Promise.all(
    workers.map(async (worker) => await new Promise((ready) => worker.once("ready", ready))),
  );
  const client = new MongoClient(url);
  const nextRunAt = new Date();
  await client
    .db()
    .collection(collection)
    .insertMany(
      Array.from({ length: jobs }, (_, x) => ({
        name: "job",
        data: { x },
        type: "normal",
        priority: 0,
        nextRunAt,
      })),
    );
  await client.close();
  const before = performance.now();
  await Promise.all(workers.map(async (worker) => await worker.start()));
  await done;
  const seconds = (performance.now() - before) / 1000;
  await Promise.all(workers.map(async (worker) => await worker.stop()));
  await Promise.all(workers.map(async (worker) => await worker.close()));
  return jobs / seconds;
}

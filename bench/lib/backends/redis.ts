import { createNodeRedisClient, Queue, RedisConnection, Worker } from "bullmq";
import { createClient } from "redis";
import { startRedis } from "../../../test/support/servers/redis.ts";
import { inTurn, report, reportAtLeast } from "../measure.ts";
import { claimCost, completeAll, registered } from "./trials.ts";

const clients = 8;
const trials = 20_000;
const rounds = 3;
const batch = 50;

/** Assay's storage on Redis against BullMQ, on one private server that appends every write to its file. */
export async function benchRedis(): Promise<void> {
  const server = await startRedis();
  if (server === undefined) {
    console.log("Redis: there is no redis-server");
    return;
  }
  try {
    let prefix = 0;
    const fresh = (): string => `${server.url}?prefix=bench${String((prefix += 1))}`;
    const ours = async (limit: number): Promise<number> => {
      const url = fresh();
      await registered(url, trials);
      return await completeAll(url, { clients, limit });
    };
    const rates = await inTurn(rounds, {
      bullmq: async () => await bullmq(server.url, `one${String((prefix += 1))}`, 1),
      assay: async () => await ours(1),
      bullmqMany: async () => await bullmq(server.url, `many${String((prefix += 1))}`, batch),
      assayMany: async () => await ours(batch),
    });
    const perSecond = (rate: number): string => rate.toFixed(0);
    console.log(
      `Redis, one at a time: Assay ${perSecond(rates.assay)}/s, BullMQ ${perSecond(rates.bullmq)}/s`,
    );
    console.log(
      `Redis, ${String(batch)} at a time: Assay ${perSecond(rates.assayMany)}/s, BullMQ ${perSecond(rates.bullmqMany)}/s`,
    );
    reportAtLeast("Redis, one claim at a time, against BullMQ", rates.assay / rates.bullmq, 1);
    reportAtLeast("Redis, in batches, against BullMQ", rates.assayMany / rates.bullmqMany, 1);

    const small = fresh();
    const large = fresh();
    await registered(small, 1000);
    await registered(large, 100_000);
    const costs = await inTurn(5, {
      small: async () => await claimCost(small),
      large: async () => await claimCost(large),
    });
    report("Redis, a claim at 100,000 trials against 1,000", costs.large / costs.small, 1.5);
  } finally {
    await server.close();
  }
}

/** Jobs a second of 8 workers that do nothing, each of so many jobs at once. */
async function bullmq(url: string, name: string, concurrency: number): Promise<number> {
  RedisConnection.clientFactory = () => createNodeRedisClient(createClient({ url }));
  const connection = { maxRetriesPerRequest: null };
  const queue = new Queue(name, { connection });
  for (let from = 0; from < trials; from += 1000) {
    await queue.addBulk(
      Array.from({ length: 1000 }, (_, i) => ({ name: "job", data: { x: from + i } })),
    );
  }
  let left = trials;
  let resolve = (): void => undefined;
  const done = new Promise<void>((resolved) => (resolve = resolved));
  const workers = Array.from({ length: clients }, () => {
    const worker = new Worker(name, () => Promise.resolve({ loss: 1 }), {
      connection,
      concurrency,
      autorun: false,
    });
    worker.on("completed", () => {
      left -= 1;
      if (left === 0) resolve();
    });
    return worker;
  });
  await Promise.all(workers.map(async (worker) => await worker.waitUntilReady()));
  const before = performance.now();
  for (const worker of workers) void worker.run();
  await done;
  const seconds = (performance.now() - before) / 1000;
  await Promise.all(workers.map(async (worker) => await worker.close()));
  await queue.close();
  return trials / seconds;
}

// 20,000 trials claimed and completed by 8 clients on each server, against a job queue on the same server.
import { benchMongodb } from "./lib/backends/mongodb.ts";
import { benchPostgres } from "./lib/backends/postgres.ts";
import { benchRedis } from "./lib/backends/redis.ts";

await benchPostgres();
await benchRedis();
await benchMongodb();

import { startMongodb } from "./mongodb.ts";
import { startPostgres } from "./postgres.ts";
import { startRedis } from "./redis.ts";
import type { TestServer } from "./server.ts";

/** The backends with a server of their own, by the name that tests of them begin with. */
export const backends = {
  PostgreSQL: startPostgres,
  Redis: startRedis,
  MongoDB: startMongodb,
} as const satisfies Readonly<Record<string, () => Promise<TestServer | undefined>>>;

export type Backend = keyof typeof backends;

export const backendNames = Object.keys(backends) as readonly Backend[];

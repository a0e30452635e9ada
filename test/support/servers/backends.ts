import { startMongodb } from "./mongodb.ts";
import { startPostgres } from "./postgres.ts";
import { startRedis } from "./redis.ts";
import type { TestServer } from "./server.ts";

export type Backend = "PostgreSQL" | "Redis" | "MongoDB";

/** The backends with a server of their own, by the name that tests of them begin with. */
export const backends: Readonly<Record<Backend, () => Promise<TestServer | undefined>>> = {
  PostgreSQL: startPostgres,
  Redis: startRedis,
  MongoDB: startMongodb,
};

export const backendNames: readonly Backend[] = Object.keys(backends) as Backend[];

import { AssayError } from "../../../errors/assay-error.ts";
import type { PostgresClient, PostgresPool } from "./pool.ts";

interface PoolOptions {
  readonly connectionString: string;
  readonly max: number;
  readonly connectionTimeoutMillis?: number;
  readonly keepAlive: boolean;
  readonly allowExitOnIdle: boolean;
  readonly application_name?: string;
  readonly fallback_application_name: string;
}

/** A pool that the driver made, and ends. */
export interface OwnPool extends PostgresPool {
  on(event: "error", listener: (error: unknown) => void): unknown;
  on(event: "connect", listener: (client: PostgresClient) => void): unknown;
  end(): Promise<void>;
}

type MakePool = new (options: PoolOptions) => OwnPool;

/** Loads the package `pg`. Throws `MISSING_DEPENDENCY` where it is not installed. */
export async function loadClient(
  load: () => Promise<unknown> = async () => await import("pg"),
): Promise<MakePool> {
  let loaded: unknown;
  try {
    loaded = await load();
  } catch (cause) {
    throw new AssayError(
      "MISSING_DEPENDENCY",
      `A PostgreSQL storage needs the package "pg", which cannot be loaded; run "npm install pg"`,
      { details: { package: "pg" }, cause },
    );
  }
  const { default: pg } = loaded as { default: { Pool: MakePool } };
  return pg.Pool;
}

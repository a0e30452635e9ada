import { inject } from "vitest";
import type { Backend } from "./backends.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The servers that were started for this run of the tests. */
    readonly servers: Partial<Record<Backend, string>>;
  }
}

/**
 * Where the server of a backend listens, for all tests of the run: each takes a database, schema or prefix of
 * its own. Undefined where there is none; then the tests are left out, and the run says so.
 *
 * @example
 * const url = serverUrl("Redis");
 * describe.skipIf(url === undefined)("Redis", () => { … });
 */
export function serverUrl(backend: Backend): string | undefined {
  return inject("servers")[backend];
}

import { randomBytes } from "node:crypto";
import { describe } from "vitest";
import { backendNames, type Backend } from "./backends.ts";
import { serverUrl } from "./server-url.ts";

/** Defines tests of every backend with a server of its own. `freshUrl` names an empty storage each time. */
export function onEachServer(define: (freshUrl: () => string, backend: Backend) => void): void {
  for (const backend of backendNames) {
    const server = serverUrl(backend);
    describe.skipIf(server === undefined)(backend, () => {
      define(() => freshStorageUrl(backend, server ?? ""), backend);
    });
  }
}

/** The URL of an empty storage on a server that others use too. */
export function freshStorageUrl(backend: Backend, server: string): string {
  const name = `test_${randomBytes(6).toString("hex")}`;
  const url = new URL(server);
  if (backend === "PostgreSQL") url.searchParams.set("schema", name);
  if (backend === "Redis") url.searchParams.set("prefix", name);
  if (backend === "MongoDB") url.pathname = `/${name}`;
  return url.href;
}

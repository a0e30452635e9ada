import { statSync } from "node:fs";
import type { BackendDescription } from "../../contract.ts";
import type { Connection } from "./connection.ts";

/** `PRAGMA synchronous`: below this a power cut may take the last commits. */
const full = 2;

/** What the settings of a file put at risk, a line each. */
export function warningsOf({ raw }: Connection): readonly string[] {
  if (raw.memory || Number(raw.pragma("synchronous", { simple: true })) >= full) return [];
  return ["durability is normal: a power cut may take what was committed in the last moments"];
}

export async function describeSqlite(connection: Connection): Promise<BackendDescription> {
  const { raw } = connection;
  return await connection.read(() => {
    const version = String(raw.prepare("SELECT sqlite_version()").pluck().get());
    return {
      product: `SQLite ${version}`,
      bytes: raw.memory ? pageBytes(connection) : fileBytes(raw.name),
    };
  });
}

function pageBytes({ raw }: Connection): number {
  const [count, size] = ["page_count", "page_size"].map((name) =>
    Number(raw.pragma(name, { simple: true })),
  );
  return (count ?? 0) * (size ?? 0);
}

/** The file and its write-ahead log. */
function fileBytes(path: string): number {
  return [path, `${path}-wal`]
    .map((name) => statSync(name, { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, size) => sum + size);
}

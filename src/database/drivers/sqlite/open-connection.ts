import Sqlite from "better-sqlite3";
import { AssayError } from "../../../errors/assay-error.ts";
import { Connection, retryWhileBusy } from "./connection.ts";
import { toAssayError } from "./errors.ts";
import { FileGuard } from "./file-guard.ts";
import { readableCopy, type ReadableCopy } from "./readable-copy.ts";

/** "ASSY": marks a file as Assay's, so that another program's database is never written to. */
const applicationId = 0x41535359;

/** `full` survives a power cut; `normal` survives a kill, and may lose the last moments on a power cut. */
export type Durability = "full" | "normal";

/**
 * Connects to a file, which becomes Assay's when it is empty. One that may not be written to can be read, if
 * need be from a copy that goes when the connection is closed. Throws `STORAGE_UNAVAILABLE` when it is no
 * database or another program's; then nothing was written.
 */
export async function openConnection(
  file: string,
  location: string,
  durability: Durability,
): Promise<Connection> {
  const copy = await readableCopy(file);
  if (copy === undefined) return await connect(file, location, durability);
  try {
    return await connect(copy.file, location, durability, copy);
  } catch (error) {
    await copy.remove();
    throw error;
  }
}

async function connect(
  file: string,
  location: string,
  durability: Durability,
  copy?: ReadableCopy,
): Promise<Connection> {
  const options = { timeout: 0, readonly: copy !== undefined };
  const raw = await retryWhileBusy(location, () => new Sqlite(file, options));
  try {
    // Of a copy nobody else knows.
    const guard = copy === undefined && !raw.memory ? new FileGuard(raw) : undefined;
    const connection = new Connection(raw, location, guard, copy?.remove);
    await prepare(connection, durability);
    return connection;
  } catch (error) {
    raw.close();
    throw toAssayError(error, location);
  }
}

async function prepare(connection: Connection, durability: Durability): Promise<void> {
  const { raw, location } = connection;
  await connection.read(() => {
    // Of a new file: results of some thousand bytes take fewer writes than in pages of 4096.
    raw.pragma("page_size = 8192");
    raw.pragma(`synchronous = ${durability}`);
    raw.pragma("cache_size = -8000");
  });
  const { mark, tables } = await connection.read(() => contents(raw));
  if (mark === applicationId) return;
  if (mark !== 0 || tables !== 0) {
    throw new AssayError("STORAGE_UNAVAILABLE", `${location} is a database of another program`, {
      details: { location, applicationId: mark },
    });
  }
  await connection.read(() => raw.pragma("journal_mode = WAL"));
  await connection.transaction(() => {
    raw.exec(
      "CREATE TABLE IF NOT EXISTS assay_clock (boot TEXT PRIMARY KEY, offset REAL NOT NULL, reached REAL)",
    );
    raw.exec(
      "CREATE TABLE IF NOT EXISTS assay_indexes (collection TEXT, name TEXT, declaration TEXT, PRIMARY KEY (collection, name))",
    );
    raw.pragma(`application_id = ${String(applicationId)}`);
  });
}

/** Whose database it is and whether it is empty, as of one moment: another process may be creating it. */
function contents(raw: Sqlite.Database): { mark: unknown; tables: unknown } {
  raw.exec("BEGIN");
  try {
    const tables = raw.prepare("SELECT count(*) FROM sqlite_master").pluck().get();
    return { mark: raw.pragma("application_id", { simple: true }), tables };
  } finally {
    raw.exec("COMMIT");
  }
}

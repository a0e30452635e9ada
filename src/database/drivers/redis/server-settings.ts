import { AssayError } from "../../../errors/assay-error.ts";
import type { Connection } from "./connection.ts";

/** The first version that Assay is tested on. */
const oldestVersion = 7;

const unknown = "?";

/**
 * Makes sure that a server is one that Assay can work with, and tells which of its settings weaken what is
 * guaranteed. Throws `UNSUPPORTED` for a server that is too old, `STORAGE_UNAVAILABLE` for a replica.
 */
export async function checkServer(connection: Connection): Promise<readonly string[]> {
  const info = await readInfo(connection);
  const version = info.get("redis_version");
  if (version !== undefined && Number.parseInt(version, 10) < oldestVersion) {
    throw new AssayError(
      "UNSUPPORTED",
      `${connection.location} is Redis ${version}; Assay needs version ${String(oldestVersion)} or newer`,
      { details: { version } },
    );
  }
  if (info.get("role") === "slave") {
    throw new AssayError(
      "STORAGE_UNAVAILABLE",
      `${connection.location} is a replica that may only be read; name its primary`,
      { details: { location: connection.location } },
    );
  }
  const settings = await readSettings(connection);
  return warningsOf((name, inInfo) => settings?.get(name) ?? info.get(inInfo) ?? unknown);
}

function warningsOf(setting: (name: string, inInfo: string) => string): readonly string[] {
  const warnings: string[] = [];
  const appendOnly = setting("appendonly", "aof_enabled");
  const sync = setting("appendfsync", "");
  const policy = setting("maxmemory-policy", "maxmemory_policy");
  if (appendOnly === "no" || appendOnly === "0") {
    warnings.push(
      "appendonly is no: what was stored since Redis last saved its data is lost when the server ends; set it to yes",
    );
  } else if (sync === "everysec") {
    warnings.push(
      "appendfsync is everysec: a power cut, or the server's end by kill -9 while its disk is slow, may lose the last two seconds; always loses nothing",
    );
  } else if (sync === "no") {
    warnings.push("appendfsync is no: a power cut may lose the last half minute; set it to always");
  }
  if (policy.startsWith("allkeys-")) {
    warnings.push(
      `maxmemory-policy is ${policy}: Redis removes data when its memory is full; set it to noeviction`,
    );
  }
  if ([appendOnly, sync, policy].includes(unknown)) {
    warnings.push(
      "appendonly, appendfsync and maxmemory-policy cannot all be read here (CONFIG is not permitted): whether all that is stored survives is for the server's administrator to say",
    );
  }
  return warnings;
}

/** The version that a server tells, where it may be asked. */
export async function serverVersion(connection: Connection): Promise<string> {
  return (await readInfo(connection)).get("redis_version") ?? "of an unknown version";
}

/** What `INFO` tells; nothing where it is not permitted. */
async function readInfo(connection: Connection): Promise<ReadonlyMap<string, string>> {
  const text = await permitted(connection, ["INFO"]);
  const lines = typeof text === "string" ? text.split("\r\n") : [];
  return new Map(lines.map((line) => line.split(":", 2) as [string, string]));
}

async function readSettings(
  connection: Connection,
): Promise<ReadonlyMap<string, string> | undefined> {
  const names = ["appendonly", "appendfsync", "maxmemory-policy"];
  const found = await permitted(connection, ["CONFIG", "GET", ...names]);
  if (found === undefined) return undefined;
  // A list of names and values, or a map, by the version of the protocol.
  if (!Array.isArray(found)) return new Map(Object.entries(found as Record<string, string>));
  const list = found as string[];
  return new Map(list.flatMap((name, i) => (i % 2 === 0 ? [[name, list[i + 1] ?? ""]] : [])));
}

/** What a command answers; undefined where the user may not use it, or the server does not have it. */
async function permitted(connection: Connection, command: readonly string[]): Promise<unknown> {
  try {
    return await connection.command(...command);
  } catch (error) {
    const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    if (reason instanceof Error && /^(NOPERM|ERR unknown command)/.test(reason.message)) {
      return undefined;
    }
    throw error;
  }
}

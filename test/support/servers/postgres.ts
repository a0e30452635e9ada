import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { serverProcess } from "./server-process.ts";
import { eventually, freePort, type TestServer } from "./server.ts";

const user = "assay";

/** Starts a private PostgreSQL; undefined where its programs are neither on the PATH nor where Debian has them. */
export async function startPostgres(): Promise<TestServer | undefined> {
  const programs = findPrograms();
  if (programs === undefined) return undefined;
  const owner = serverUser();
  const folder = await mkdtemp(join(tmpdir(), "assay-postgres-"));
  if (owner !== undefined) await chown(folder, owner.uid, owner.gid);
  const data = join(folder, "data");
  const made = spawnSync(
    join(programs, "initdb"),
    ["-D", data, "-U", user, "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
    { cwd: folder, ...owner, encoding: "utf8" },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const port = await freePort();
  const url = `postgres://${user}@127.0.0.1:${String(port)}/postgres`;
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: "200",
  };
  const server = serverProcess({
    command: join(programs, "postgres"),
    args: [
      ...["-D", data, "-p", String(port)],
      ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ],
    cwd: folder,
    user: owner,
    ready: async (isOver) => await eventually(async () => await ping(url), isOver),
  });
  await server.start();
  return {
    url,
    start: async () => await server.start(),
    // The postmaster's children end when they see that it is gone.
    kill: async () => await server.end("SIGKILL"),
    stop: async () => await server.end("SIGINT"),
    close: async () => {
      await server.end("SIGQUIT");
      await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    },
  };
}

/** The folder of PostgreSQL's programs. */
function findPrograms(): string | undefined {
  const onPath = (process.env["PATH"] ?? "").split(":").find((one) => existsSync(`${one}/initdb`));
  if (onPath !== undefined) return onPath;
  const debian = "/usr/lib/postgresql";
  if (!existsSync(debian)) return undefined;
  return readdirSync(debian)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(debian, version, "bin"))
    .find((folder) => existsSync(join(folder, "initdb")));
}

/** PostgreSQL refuses to run as root: then it runs as its own user. */
function serverUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number =>
    Number(spawnSync("id", [flag, "postgres"], { encoding: "utf8" }).stdout.trim());
  return { uid: id("-u"), gid: id("-g") };
}

async function ping(url: string): Promise<void> {
  const client = new pg.Client(url);
  client.on("error", () => undefined);
  await client.connect();
  await client.end();
}

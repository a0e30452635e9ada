import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFerretdb } from "../../../scripts/services/ferretdb.mjs";
import { pingMongodb } from "./ping-mongodb.ts";
import { serverProcess } from "./server-process.ts";
import { eventually, freePort, type TestServer } from "./server.ts";

/**
 * Starts a private FerretDB and the PostgreSQL below it; undefined where `npm run services` did not install
 * them. They live and die together, as one server.
 */
export async function startFerretdb(): Promise<TestServer | undefined> {
  const parts = findFerretdb();
  if (parts === undefined) return undefined;
  const { program, root, postgres, template } = parts;
  const data = join(template, "..", randomUUID());
  const copied = spawnSync("cp", ["-a", join(root, template), join(root, data)], {
    encoding: "utf8",
  });
  if (copied.status !== 0) throw new Error(`The data folder was not made: ${copied.stderr}`);
  const folder = await mkdtemp(join(tmpdir(), "assay-ferretdb-"));
  const [port, below] = [await freePort(), await freePort()];
  const url = `mongodb://127.0.0.1:${String(port)}`;
  const database = serverProcess({
    command: "chroot",
    args: [
      ...["--userspec=postgres:postgres", root, postgres, "-D", data],
      ...["-p", String(below), "-c", "unix_socket_directories=", "-c", "fsync=off"],
    ],
    cwd: folder,
    ready: async (isOver) => await eventually(async () => await listens(below), isOver),
  });
  const server = serverProcess({
    command: program,
    args: [
      ...["-listen", `127.0.0.1:${String(port)}`, "-state", folder],
      ...["-postgres", `postgres://documentdb@127.0.0.1:${String(below)}/postgres?sslmode=disable`],
    ],
    cwd: folder,
    ready: async (isOver) => await eventually(async () => await pingMongodb(url), isOver),
  });
  const start = async (): Promise<void> => {
    // What a killed PostgreSQL leaves behind is gone a moment after it.
    await eventually(async () => await database.start());
    await server.start();
  };
  const end = async (how: {
    readonly server: NodeJS.Signals;
    readonly database: NodeJS.Signals;
  }) => {
    // FerretDB answers for seconds after it was told to end: what is below it goes at the same time.
    await Promise.all([server.end(how.server), database.end(how.database)]);
  };
  await start();
  return {
    url,
    start,
    kill: async () => await end({ server: "SIGKILL", database: "SIGKILL" }),
    stop: async () => await end({ server: "SIGTERM", database: "SIGINT" }),
    close: async () => {
      await end({ server: "SIGKILL", database: "SIGQUIT" });
      for (const made of [folder, join(root, data)]) {
        await rm(made, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
      }
    },
  };
}

async function listens(port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve();
    });
    socket.once("error", reject);
  });
}

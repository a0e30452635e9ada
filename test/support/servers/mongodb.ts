import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startFerretdb } from "./ferretdb.ts";
import { pingMongodb } from "./ping-mongodb.ts";
import { serverProcess } from "./server-process.ts";
import { eventually, freePort, type TestServer } from "./server.ts";

/**
 * The server that speaks MongoDB's protocol: the one of MONGODB_URL, or a private one; undefined where there
 * is none.
 */
export async function startMongodb(): Promise<TestServer | undefined> {
  const given = process.env["MONGODB_URL"];
  if (given === undefined || given === "") return await startPrivateMongodb();
  const refuse = async (): Promise<never> =>
    await Promise.reject(new Error("The server of MONGODB_URL is not ended by tests"));
  return { url: given, kill: refuse, stop: refuse, start: refuse, close: () => Promise.resolve() };
}

/** Starts a private server: `mongod` where it is on the PATH, else FerretDB. */
export async function startPrivateMongodb(): Promise<TestServer | undefined> {
  if (spawnSync("mongod", ["--version"]).status !== 0) return await startFerretdb();
  const folder = await mkdtemp(join(tmpdir(), "assay-mongodb-"));
  const port = await freePort();
  const url = `mongodb://127.0.0.1:${String(port)}`;
  const server = serverProcess({
    command: "mongod",
    args: ["--dbpath", folder, "--port", String(port), "--bind_ip", "127.0.0.1"],
    cwd: folder,
    ready: async (isOver) => await eventually(async () => await pingMongodb(url), isOver),
  });
  await server.start();
  return {
    url,
    start: async () => await server.start(),
    kill: async () => await server.end("SIGKILL"),
    stop: async () => await server.end("SIGTERM"),
    close: async () => {
      await server.end("SIGKILL");
      await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    },
  };
}

import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serverProcess } from "./server-process.ts";
import { eventually, freePort, type TestServer } from "./server.ts";

/**
 * Starts a private Redis that appends what it is told to its file; undefined where `redis-server` is not on the
 * PATH. With `appendfsync` always it has done so before it answers.
 */
export async function startRedis({
  appendfsync = "everysec",
}: { readonly appendfsync?: "everysec" | "always" } = {}): Promise<TestServer | undefined> {
  if (spawnSync("redis-server", ["--version"]).status !== 0) return undefined;
  const folder = await mkdtemp(join(tmpdir(), "assay-redis-"));
  const port = await freePort();
  const settings = {
    port: String(port),
    bind: "127.0.0.1",
    dir: folder,
    save: "",
    appendonly: "yes",
    appendfsync,
    "maxmemory-policy": "noeviction",
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const server = serverProcess({
    command: "redis-server",
    args,
    cwd: folder,
    ready: async (isOver) => await eventually(async () => await ping(port), isOver),
  });
  await server.start();
  return {
    url: `redis://127.0.0.1:${String(port)}`,
    start: async () => await server.start(),
    kill: async () => await server.end("SIGKILL"),
    stop: async () => await server.end("SIGTERM"),
    close: async () => {
      await server.end("SIGKILL");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Resolves when a Redis answers at a port and has loaded its data. */
async function ping(port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("PING\r\n"));
    socket.once("data", (answer) => {
      socket.destroy();
      if (answer.toString().startsWith("+PONG")) resolve();
      else reject(new Error(answer.toString()));
    });
    socket.once("error", reject);
  });
}

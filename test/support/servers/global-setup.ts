import { readFile } from "node:fs/promises";
import type { TestProject } from "vitest/node";
import { backendNames, backends, type Backend } from "./backends.ts";
import type { TestServer } from "./server.ts";
import { startedVariable } from "./started.ts";

/** Starts the servers that the tests of this run ask for, and ends them after it. */
export default async function startServers(project: TestProject): Promise<() => Promise<void>> {
  const wanted = await wantedBackends(project);
  const servers: TestServer[] = [];
  const urls: Partial<Record<Backend, string>> = {};
  const close = async (): Promise<void> => {
    await Promise.all(servers.map(async (server) => await server.close()));
  };
  try {
    await Promise.all(
      wanted.map(async (name) => {
        const server = await backends[name]();
        if (server === undefined) return;
        servers.push(server);
        urls[name] = server.url;
      }),
    );
  } catch (error) {
    await close();
    throw error;
  }
  project.provide("servers", urls);
  process.env[startedVariable] = Object.keys(urls).join(" ");
  return close;
}

/** The backends that the test files of this run name. */
async function wantedBackends(project: TestProject): Promise<readonly Backend[]> {
  // What was named on the command line; vitest has no public name for it. All files where it tells nothing.
  const filters: unknown = Reflect.get(project.vitest, "filenamePattern");
  const { testFiles } = await project.globTestFiles(Array.isArray(filters) ? filters : undefined);
  const texts = await Promise.all(testFiles.map(async (file) => await readFile(file, "utf8")));
  if (texts.some((text) => /onEach(Server|Target)\(/.test(text))) return backendNames;
  return backendNames.filter((name) => texts.some((text) => text.includes(`serverUrl("${name}")`)));
}

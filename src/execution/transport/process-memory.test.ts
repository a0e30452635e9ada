import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { groupMemory } from "./process-memory.ts";

const mb = 1024 ** 2;

/** A process that leads a group, holds so much memory, and starts another in its group that does too. */
async function startGroup(megabytes: number): Promise<number> {
  const hold = `const held = Buffer.alloc(${String(megabytes * mb)}, 1); setInterval(() => held, 1000);`;
  const text = `
    ${hold}
    const options = { stdio: ["ignore", "pipe", "ignore"] };
    const other = require("node:child_process").spawn(
      process.execPath, ["-e", ${JSON.stringify(`${hold} console.log("ready");`)}], options);
    other.stdout.on("data", () => console.log("ready"));`;
  const stdio = ["ignore", "pipe", "inherit"] as const;
  // The command has what the fields of /proc/PID/stat are separated by.
  const argv0 = "a) (b 1 2";
  const child = spawn(process.execPath, ["-e", text], { detached: true, argv0, stdio: [...stdio] });
  onTestFinished(() => void process.kill(-child.pid!, "SIGKILL"));
  await once(child.stdout, "data");
  return child.pid!;
}

test("the memory of a group is that of its leader and of what it started", async () => {
  const group = await startGroup(100);
  const found = (await groupMemory(group)) / mb;
  expect(found).toBeGreaterThan(200);
  expect(found).toBeLessThan(600);
});

test("a group that does not exist uses none", async () => {
  expect(await groupMemory(2 ** 22 + 1)).toBe(0);
});

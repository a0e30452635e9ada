import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { until } from "../../test/support/experiment-folder.ts";
import { processesWith } from "../../test/support/system-processes.ts";
import { killTrees } from "./process-tree.ts";

test("a process that goes on starting others is killed with all of them", async () => {
  const variable = `ASSAY_TEST_MARK=${randomUUID()}`;
  onTestFinished(async () => {
    for (const pid of (await processesWith(variable)).keys()) process.kill(pid, "SIGKILL");
  });
  for (let round = 0; round < 10; round += 1) {
    const script = "echo begun; for i in $(seq 500); do sleep 600 & done; wait";
    const child = spawn("sh", ["-c", script], {
      env: { PATH: process.env["PATH"], ASSAY_TEST_MARK: variable.split("=")[1] },
      stdio: ["ignore", "pipe", "ignore"],
    });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    killTrees([child.pid ?? 0]);
    await until(async () => (await processesWith(variable)).size === 0);
  }
  expect(await processesWith(variable)).toEqual(new Map());
});

import { describe, expect, test } from "vitest";
import type { Storage } from "assay";
import { until } from "../support/experiment-folder.ts";
import { endOf, faultFolder } from "../support/fault/fault-folder.ts";
import { clockLibrary, settableClock } from "../support/fault/settable-clock.ts";

const everywhere = ["threads", "processes", "hybrid"] as const;
const leaseMs = 3000;

/** Trials are not run where the clock cannot be set, unless everything is required. */
const isMissing = clockLibrary === undefined && process.env["ASSAY_TEST_REQUIRE"] !== "all";
const ifThere = isMissing ? " (not run: libfaketime is missing; npm run services installs it)" : "";

/** Twelve trials; number 5 stays until the file `go` is there. */
const held = { body: `if (n === 5) while (!existsSync(folder + "go")) await sleep(5);` };

/** How long the lease of trial 5 lasts from now on, by the database's clock. */
async function leaseLeft({ database }: Storage): Promise<number> {
  const [trial] = await database.read("trials", { experiment: 1, number: 5 });
  return Number(trial?.["availableAt"]) - (await database.now());
}

async function pass({ database }: Storage, ms: number): Promise<void> {
  const end = (await database.now()) + ms;
  await until(async () => (await database.now()) > end);
}

describe.skipIf(isMissing)(`a wall clock that is set by an hour${ifThere}`, () => {
  test.each(everywhere)(
    "while trials run moves no lease and ends no trial, with %s",
    async (executor) => {
      const { run, runWithLease, path, executed, executions, write, open, check } =
        await faultFolder(held);
      const clock = settableClock(path("clock"));
      const holder = runWithLease(leaseMs, executor, clock.env);
      await executed(5);
      const storage = await open();
      const rival = run(["--executor", executor], clock.env);
      await until(async () => (await storage.countCompletedTrials("faulty")) === 11);
      for (const hours of [1, -1]) {
        clock.set(hours);
        await pass(storage, leaseMs + 500);
        const left = await leaseLeft(storage);
        expect(left).toBeGreaterThan(0);
        expect(left).toBeLessThanOrEqual(leaseMs);
        expect((await storage.getTrials("faulty"))[5]).toMatchObject({
          status: "reserved",
          attempt: 1,
        });
      }
      await write("go", "");
      await endOf(holder, 0);
      await endOf(rival, 0);
      expect(await check()).toMatchObject({ attempts: 12, takenOver: 0 });
      expect(executions()).toHaveLength(12);
      const [, , , , , fifth] = await storage.getTrials("faulty");
      // Times of the day are those of the clock; how long it took is not.
      expect(fifth?.durationMs).toBeLessThan(1_800_000);
      expect(fifth?.durationMs).toBeGreaterThan(leaseMs);
      expect(Date.parse(fifth?.endedAt ?? "")).toBeLessThan(Date.parse(fifth?.startedAt ?? ""));
    },
  );

  test.each([
    [1, "threads"],
    [-1, "processes"],
  ] as const)("by %i between runs keeps nobody from going on, with %s", async (hours, executor) => {
    const { run, path, executed, finish, write } = await faultFolder(held);
    const clock = settableClock(path("clock"));
    const killed = run(["--executor", executor, "--workers", "2"], clock.env);
    await executed(5);
    await killed.kill();
    clock.set(hours);
    await write("go", "");
    await finish(["--executor", executor], clock.env);
  });

  test("is the one that a program runs by, which shows that these tests set it", async () => {
    const { run, path, open } = await faultFolder({ body: "" });
    const clock = settableClock(path("clock"));
    clock.set(-1);
    await endOf(run([], clock.env), 0);
    const [trial] = await (await open()).getTrials("faulty");
    expect(Date.now() - Date.parse(trial?.endedAt ?? "")).toBeGreaterThan(3_000_000);
  });
});

import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { openStorage } from "assay";
import { killedAt } from "../support/fault/kill-points.ts";
import {
  expectMoved,
  expectVerified,
  labelsOf,
  movableStorage,
  movedNames,
  problemsOf,
} from "../support/movable-storage.ts";
import { killOnTheWay, onEachTarget } from "../support/transfer-targets.ts";

describe("assay db copy", () => {
  onEachTarget((fresh, isSqlite) => {
    test("copies everything, and a second time finds it there", async () => {
      const { folder, url, run, json } = await movableStorage();
      const target = fresh(folder);
      expect(await run(["db", "copy", url, target])).toEqual({
        code: 0,
        stdout: "",
        stderr: "sweep: 12 trials\nsweep@2: 3 trials\nother: 2 trials\n",
      });
      await expectMoved(url, target);
      await expectVerified(target, movedNames);
      expect(await json(["db", "copy", url, target])).toMatchObject({
        from: folder.path("source.db"),
        experiments: [{ outcome: "present" }, { outcome: "present" }, { outcome: "present" }],
      });
    });

    test("copies what is named, and goes back", async () => {
      const { folder, url, run } = await movableStorage();
      const [there, back] = [fresh(folder), fresh(folder)];
      const { stderr } = await run(["db", "copy", url, there, "sweep@2", "other"]);
      expect(stderr).toBe("sweep@2: 3 trials\nother: 2 trials\n");
      expect((await run(["db", "copy", there, back])).code).toBe(0);
      await expectMoved(url, back, ["sweep@2", "other@1"]);
      await expectVerified(back, ["other@1", "sweep@2"]);
    });

    test("killed on the way and run again, it goes on and copies everything once", async () => {
      const { folder, url, run } = await movableStorage(1200);
      const target = fresh(folder);
      const args = ["db", "copy", url, target];
      let kills = 0;
      while (kills < 3 && (await killOnTheWay(args, target, { cwd: folder.root }))) {
        kills += 1;
        expect(await problemsOf(target)).toEqual([]);
      }
      expect(kills).toBeGreaterThan(0);
      expect(await run(args)).toMatchObject({ code: 0 });
      await expectMoved(url, target);
      await expectVerified(target, movedNames);
      // Each look at a storage reads all of it, which takes FerretDB its time.
    }, 180_000);

    test.runIf(isSqlite)(
      "killed between any two writes and run again, it goes on and copies everything once",
      async () => {
        const { folder, url, run } = await movableStorage(1200);
        const target = fresh(folder);
        let kills = 0;
        for (let operation = 14; ; operation += 2) {
          const side = operation % 4 === 0 ? "before" : "after";
          const place = `${side} ${String(operation)}`;
          const { code } = await run(["db", "copy", url, target], killedAt(place));
          if (code === 0) break;
          kills += 1;
          for (const label of await labelsOf(target)) await expectMoved(url, target, [label]);
          expect(await problemsOf(target)).toEqual([]);
        }
        expect(kills).toBeGreaterThan(1);
        await expectMoved(url, target);
        await expectVerified(target, movedNames);
      },
    );

    test("does not touch another experiment of the same name", async () => {
      const { folder, url, run, json } = await movableStorage();
      const target = fresh(folder);
      await json(["db", "copy", url, target, "other"]);
      const storage = await openStorage(url);
      const { space, objectives } = await storage.getExperiment("other");
      await storage.deleteExperiment("other");
      const { spaceFromDefinition } = await import("assay");
      await storage.createExperiment({
        name: "other",
        space: spaceFromDefinition(space),
        objectives,
      });
      await storage.close();
      const { code, stderr } = await run(["db", "copy", url, target]);
      expect([code, stderr]).toEqual([
        1,
        expect.stringMatching(/^assay: "other" exists already in .*; nothing was changed \(/),
      ]);
      await expectVerified(target, ["other@1"]);
    });
  });

  test("names what is wrong, and makes nothing", async () => {
    const { folder, url, run } = await movableStorage(2);
    const cases: readonly (readonly [args: readonly string[], stderr: RegExp])[] = [
      [[url, "source.db"], /^assay: .* are the same storage\n$/],
      [[url, "new.db", "sweeb"], /^assay: No experiment "sweeb" in .*; did you mean "sweep"\?\n$/],
      [["none.db", "new.db"], /^assay: There is no database/],
      [[url, "redsi://localhost"], /^assay: Unknown storage "redsi:"; did you mean "redis"/],
    ];
    for (const [args, stderr] of cases) {
      const result = await run(["db", "copy", ...args]);
      expect([result.code, result.stderr]).toEqual([1, expect.stringMatching(stderr)]);
    }
    expect(existsSync(folder.path("new.db"))).toBe(false);
    expect((await run(["db", "copy", url])).code).toBe(2);
  });
});

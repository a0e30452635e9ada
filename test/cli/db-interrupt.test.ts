import { readdir } from "node:fs/promises";
import { beforeEach, describe, expect, test } from "vitest";
import {
  expectMoved,
  expectVerified,
  labelsOf,
  movableStorage,
  movedNames,
  problemsOf,
  type MovableStorage,
} from "../support/movable-storage.ts";
import { interruptedAt } from "../support/fault/kill-points.ts";

const notice = "Interrupting. Press Ctrl-C again to end at once\n";
/** A place in the middle of what is moved here. */
const place = "after 9";

describe("Ctrl-C while data is moved", () => {
  let moved: MovableStorage;
  let target: string;
  beforeEach(async () => {
    moved = await movableStorage(700);
    target = moved.folder.path("target.db");
    await moved.json(["db", "export", "all.jsonl"]);
  });

  test.each([
    ["copy", ["source.db", "target.db"]],
    ["import", ["all.jsonl", "--storage", "target.db"]],
    ["merge", ["target.db", "source.db"]],
  ])("ends %s in order, and the same command goes on", async (verb, rest) => {
    if (verb === "merge") {
      await moved.json(["db", "copy", "source.db", "target.db", "other"]);
    }
    const args = ["db", verb, ...rest];
    expect(await moved.run(args, interruptedAt(place))).toEqual({
      code: 130,
      stdout: "",
      stderr: `${notice}assay: Interrupted; the same command goes on where it stopped\n`,
    });
    for (const label of await labelsOf(target)) await expectMoved(moved.url, target, [label]);
    expect(await problemsOf(target)).toEqual([]);
    expect((await moved.run(args)).code).toBe(0);
    await expectMoved(moved.url, target);
    await expectVerified(target, movedNames);
  });

  test.each([1, 2])("leaves nothing of an export, pressed %i times", async (times) => {
    const { code, stdout, stderr } = await moved.run(
      ["db", "export", "part.db", "--json"],
      interruptedAt(place, times),
    );
    expect([code, stdout]).toEqual([130, ""]);
    const left = await readdir(moved.folder.root);
    expect(left.filter((name) => name.includes("part"))).toEqual([]);
    const told = stderr.slice(notice.length);
    expect(stderr.startsWith(notice)).toBe(true);
    if (times === 2) expect(told).toBe("");
    else {
      const message = "Interrupted; nothing was written";
      expect(JSON.parse(told)).toEqual({ error: { code: "INTERRUPTED", message, details: {} } });
    }
  });
});

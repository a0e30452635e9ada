import { truncate, stat } from "node:fs/promises";
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  expectMoved,
  expectVerified,
  labelsOf,
  movableStorage,
  movedNames,
  problemsOf,
  type MovableStorage,
} from "../support/movable-storage.ts";
import { killedAt } from "../support/fault/kill-points.ts";
import { onEachTarget } from "../support/transfer-targets.ts";

describe("assay db import", () => {
  onEachTarget((fresh, isSqlite) => {
    test.each(["all.jsonl", "all.jsonl.gz", "all.db"])("brings in all of %s", async (file) => {
      const { folder, url, run, json } = await movableStorage();
      await json(["db", "export", file]);
      const target = fresh(folder);
      expect(await run(["db", "import", file, "--storage", target])).toEqual({
        code: 0,
        stdout: "",
        stderr: "sweep: 12 trials\nsweep@2: 3 trials\nother: 2 trials\n",
      });
      await expectMoved(url, target);
      await expectVerified(target, movedNames);
    });

    test("what is done about a name that is taken is for the policy to say", async () => {
      const { folder, url, json, run } = await movableStorage();
      await json(["db", "export", "all.jsonl"]);
      const target = ["--storage", fresh(folder)];
      await json(["db", "import", "all.jsonl", "sweep@1", ...target]);
      expect(await run(["db", "import", "all.jsonl", ...target])).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(
          /^assay: "sweep" exists already in .*; nothing was changed \(--on-conflict ignore, overwrite or bump says what to do\)\n$/,
        ),
      });
      expect(await labelsOf(target[1]!)).toEqual(["sweep@1"]);
      const imported = async (policy: string) =>
        await json(["db", "import", "all.jsonl", "--on-conflict", policy, ...target]);
      expect(await imported("ignore")).toMatchObject({
        experiments: [{ outcome: "ignored" }, { outcome: "moved" }, { outcome: "moved" }],
      });
      await expectMoved(url, target[1]!);
      expect(await imported("bump")).toMatchObject({
        experiments: [
          { name: "sweep", from: 1, version: 3, outcome: "bumped" },
          { name: "sweep", from: 2, version: 4, outcome: "bumped" },
          { name: "other", from: 1, version: 2, outcome: "bumped" },
        ],
      });
      await expectVerified(target[1]!, [...movedNames, "sweep@3", "sweep@4", "other@2"]);
      expect(await imported("overwrite")).toMatchObject({
        experiments: [{ outcome: "overwritten" }, {}, {}],
      });
      await expectVerified(target[1]!, [...movedNames, "sweep@3", "sweep@4", "other@2"]);
    });

    test.runIf(isSqlite)(
      "killed anywhere and run again, it brings in everything once",
      async () => {
        const { folder, url, run, json } = await movableStorage(40);
        await json(["db", "export", "all.jsonl"]);
        const target = fresh(folder);
        const args = ["db", "import", "all.jsonl", "--storage", target, "--on-conflict", "ignore"];
        let kills = 0;
        for (let operation = 4; ; operation += 5) {
          const place = `${operation % 2 === 0 ? "before" : "after"} ${String(operation)}`;
          const { code } = await run(args, killedAt(place));
          if (code === 0) break;
          kills += 1;
          const seen = existsSync(target.slice("sqlite:".length)) ? await labelsOf(target) : [];
          for (const label of seen) await expectMoved(url, target, [label]);
          if (operation > 15) expect(await problemsOf(target)).toEqual([]);
        }
        expect(kills).toBeGreaterThan(1);
        await expectMoved(url, target);
        await expectVerified(target, movedNames);
      },
    );
  });

  describe("refuses", () => {
    /** Damages an archive and returns what the import says. Nothing may have been made by it. */
    async function refused(damage: (moved: MovableStorage) => Promise<string>): Promise<string> {
      const moved = await movableStorage();
      await moved.json(["db", "export", "all.jsonl"]);
      const file = await damage(moved);
      const { code, stdout, stderr } = await moved.run([
        "db",
        "import",
        file,
        "--storage",
        "new.db",
      ]);
      expect([code, stdout]).toEqual([1, ""]);
      expect(existsSync(moved.folder.path("new.db"))).toBe(false);
      return stderr;
    }

    async function lines({ folder }: MovableStorage): Promise<string[]> {
      return (await folder.read("all.jsonl")).trimEnd().split("\n");
    }

    async function withLines(moved: MovableStorage, edited: readonly string[]): Promise<string> {
      await moved.folder.write("edited.jsonl", `${edited.join("\n")}\n`);
      return "edited.jsonl";
    }

    test("an archive that was edited, naming the line and the checksum", async () => {
      const stderr = await refused(async (moved) => {
        const all = await lines(moved);
        return await withLines(moved, all.with(6, all[6]!.replace(/\d(?=[^\d]*$)/, "9")));
      });
      expect(stderr).toMatch(
        /edited\.jsonl is damaged in line 7: its checksum \(crc32\) does not match; nothing was imported\n$/,
      );
    });

    test("an archive of which lines are missing, or in another order", async () => {
      const missing = await refused(async (moved) => {
        return await withLines(moved, (await lines(moved)).toSpliced(9, 1));
      });
      expect(missing).toMatch(/is damaged in line \d+: it says that \d+ lines come before it/);
      const swapped = await refused(async (moved) => {
        const all = await lines(moved);
        return await withLines(moved, all.with(8, all[9]!).with(9, all[8]!));
      });
      expect(swapped).toMatch(/checksum \(sha256\) is not that of the lines before it/);
    });

    test("an archive that was cut off, at a line's end or in it, compressed or not", async () => {
      const inLine = await refused(async ({ folder }) => {
        await truncate(folder.path("all.jsonl"), (await stat(folder.path("all.jsonl"))).size - 20);
        return "all.jsonl";
      });
      expect(inLine).toMatch(/all\.jsonl is cut off in line \d+; nothing was imported\n$/);
      const atEnd = await refused(async (moved) => {
        return await withLines(moved, (await lines(moved)).slice(0, -1));
      });
      expect(atEnd).toMatch(/edited\.jsonl is cut off in line \d+; nothing was imported\n$/);
      const compressed = await refused(async ({ folder, json }) => {
        await json(["db", "export", "all.jsonl.gz"]);
        await truncate(folder.path("all.jsonl.gz"), 2000);
        return "all.jsonl.gz";
      });
      expect(compressed).toMatch(/all\.jsonl\.gz is cut off in line \d+; nothing was imported\n$/);
    });

    test("a file that is no archive, one that is not there, and one of a newer Assay", async () => {
      const long = "no line break ".repeat(10_000);
      for (const text of ["", "hello", "hello\n", long, '{"crc32":"00000000","other":{}}\n']) {
        const stderr = await refused(async ({ folder }) => {
          await folder.write("text.jsonl", text);
          return "text.jsonl";
        });
        expect(stderr).toMatch(/text\.jsonl is no archive of Assay: /);
      }
      expect(await refused(() => Promise.resolve("none.jsonl"))).toMatch(
        /^assay: There is no file .*none\.jsonl\n$/,
      );
      expect(await refused(() => Promise.resolve("none.db"))).toMatch(
        /^assay: There is no file .*none\.db\n$/,
      );
      const empty = await refused(async ({ folder }) => {
        await folder.write("empty.db", "");
        return "empty.db";
      });
      expect(empty).toMatch(/^assay: .*empty\.db is empty: there is no database in it yet; /);
      const newer = await refused(async (moved) => {
        const { crc32 } = await import("node:zlib");
        const header =
          '"archive":{"format":"assay-archive","version":1,"schema":99,"assay":"9.0.0"}}';
        const line = `{"crc32":"${crc32(header).toString(16).padStart(8, "0")}",${header}`;

        return await withLines(moved, [line]);
      });
      expect(newer).toMatch(/has format 1 and schema 99, written by the newer Assay 9\.0\.0; /);
    });

    test("a name that the archive does not have, and a policy that there is not", async () => {
      const { folder, json, run } = await movableStorage(2);
      await json(["db", "export", "all.jsonl"]);
      const { code, stderr } = await run([
        "db",
        "import",
        "all.jsonl",
        "othr",
        "--storage",
        "new.db",
      ]);
      expect([code, stderr]).toEqual([1, expect.stringContaining('did you mean "other"?')]);
      expect(existsSync(folder.path("new.db"))).toBe(false);
      expect((await run(["db", "import", "all.jsonl", "--on-conflict", "bumb"])).code).toBe(2);
      expect((await run(["db", "import", "source.db"])).stderr).toMatch(/are the same storage\n$/);
    });
  });
});

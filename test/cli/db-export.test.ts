import { once } from "node:events";
import { chmod, readdir, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { expectMoved, expectVerified, movableStorage } from "../support/movable-storage.ts";
import { runCli } from "../support/run-cli.ts";

const written = {
  experiments: [
    { name: "sweep", version: 1, trials: 12 },
    { name: "sweep", version: 2, trials: 3 },
    { name: "other", version: 1, trials: 2 },
  ],
};

describe("assay db export", () => {
  test("writes everything to an archive of JSON lines, and says how much", async () => {
    const { folder, run, json } = await movableStorage();
    const { code, stdout, stderr } = await run(["db", "export", "all.jsonl"]);
    expect([code, stdout]).toEqual([0, ""]);
    expect(stderr).toMatch(
      /^Wrote 3 experiments with 17 trials to all\.jsonl \(\d+(\.\d+)? kB\)\n$/,
    );
    const lines = (await folder.read("all.jsonl")).trimEnd().split("\n");
    const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(parsed[0]).toMatchObject({
      archive: { format: "assay-archive", version: 1, schema: 1 },
    });
    expect(parsed.filter((line) => "trials" in line)).toHaveLength(17);
    expect(parsed.at(-1)).toMatchObject({
      archiveEnd: { lines: lines.length - 1, documents: { experiments: 3, trials: 17, runs: 3 } },
    });
    expect(await json(["db", "export", "all.jsonl.gz"])).toMatchObject({
      file: folder.path("all.jsonl.gz"),
      format: "archive",
      ...written,
    });
    const size = async (name: string) => (await stat(folder.path(name))).size;
    expect(await size("all.jsonl.gz")).toBeLessThan((await size("all.jsonl")) / 2);
    await json(["db", "export", "ALL.JSONL.GZ"]);
    expect(await size("ALL.JSONL.GZ")).toBeLessThan((await size("all.jsonl")) / 2);
  });

  test("writes a SQLite storage by the file's ending, one file that can be used as any other", async () => {
    const { folder, url, json } = await movableStorage();
    expect(await json(["db", "export", "part.db", "sweep"])).toMatchObject({
      format: "sqlite",
      experiments: written.experiments.slice(0, 2),
    });
    expect((await readdir(folder.root)).filter((name) => name.includes("part"))).toEqual([
      "part.db",
    ]);
    await expectMoved(url, folder.path("part.db"), ["sweep@1", "sweep@2"]);
    await expectVerified(folder.path("part.db"), ["sweep@1", "sweep@2"]);
    expect(await json(["db", "export", "one.db", "sweep@2"])).toMatchObject({
      experiments: written.experiments.slice(1, 2),
    });
  });

  test("leaves a file that is there alone, unless it is told to overwrite it", async () => {
    const { folder, url, run } = await movableStorage();
    for (const name of ["kept.jsonl", "kept.db"]) {
      await folder.write(name, "kept");
      expect(await run(["db", "export", name])).toMatchObject({
        code: 1,
        stderr: `assay: ${folder.path(name)} exists already (--force overwrites it)\n`,
      });
      expect(await folder.read(name)).toBe("kept");
      expect((await run(["db", "export", name, "--force"])).code).toBe(0);
    }
    await expectMoved(url, folder.path("kept.db"));
  });

  test("names what is wrong, and leaves nothing behind", async () => {
    const { folder, run } = await movableStorage(2);
    await folder.write("locked/file", "");
    await folder.link("link.jsonl", folder.path("none.jsonl"));
    const server = createServer().listen(folder.path("socket.jsonl"));
    onTestFinished(() => void server.close());
    await once(server, "listening");
    await chmod(folder.path("locked"), 0o555);
    const before = await readdir(folder.root);
    const cases: readonly (readonly [args: readonly string[], stderr: RegExp])[] = [
      [["a.jsonl", "sweeb"], /^assay: No experiment "sweeb" in .*; did you mean "sweep"\?\n$/],
      [
        ["a.jsonl", "sweep@7"],
        /^assay: No experiment "sweep@7" in .*source\.db; it has versions 1, 2\n$/,
      ],
      [["link.jsonl", "--force"], /link\.jsonl cannot be written: it is a link\n$/],
      [["socket.jsonl", "--force"], /socket\.jsonl cannot be written: it is no regular file\n$/],
      [["source.db/a.jsonl"], /^assay: .*a\.jsonl cannot be written: its folder is a file\n$/],
      [["no/a.jsonl"], /^assay: .*a\.jsonl cannot be written: its folder does not exist\n$/],
      [["no/a.db"], /^assay: .*a\.db cannot be written: its folder does not exist\n$/],
      [["source.db", "--force"], /source\.db is the storage that is to be exported\n$/],
      [["locked", "--force"], /^assay: .*locked cannot be written: it is a folder\n$/],
    ];
    for (const [args, stderr] of cases) {
      const result = await run(["db", "export", ...args]);
      expect([result.code, result.stderr]).toEqual([1, expect.stringMatching(stderr)]);
    }
    if (process.getuid?.() !== 0) {
      const { stderr } = await run(["db", "export", "locked/a.jsonl"]);
      expect(stderr).toMatch(/cannot be written: permission denied\n$/);
    }
    expect(await readdir(folder.root)).toEqual(before);
    const { code, stderr } = await runCli(["db", "export", "a.jsonl"], {
      cwd: folder.path("locked"),
    });
    expect([code, stderr]).toEqual([1, expect.stringContaining("There is no database")]);
  });
});

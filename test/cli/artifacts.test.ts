import { beforeAll, afterAll, describe, expect, test } from "vitest";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCli, runCliJson } from "../support/run-cli.ts";

const experiment = `
import { choice, defineExperiment } from "assay";
export default defineExperiment({
  name: "files",
  space: { x: choice([0, 1]) },
  run: async ({ x }, trial) => {
    if (x === 1) return {};
    await trial.artifact("notes.txt", "kept ✓\\n");
    await trial.artifact("model.bin", Uint8Array.from({ length: 256 }, (_, i) => i));
    return {};
  },
});
`;
const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
const row = (name: string, size: number): object => ({
  name,
  attempt: 1,
  createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
  bytes: size,
  sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
});

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "assay-artifacts-"));
  await writeFile(join(cwd, "files.ts"), experiment);
  await runCli(["run", "files.ts"], { cwd });
});
afterAll(async () => {
  await rm(cwd, { recursive: true });
});

describe("assay artifacts", () => {
  test("lists what a trial kept, by name", async () => {
    expect(await runCliJson(["artifacts", "files#0"], { cwd })).toEqual([
      row("model.bin", 256),
      row("notes.txt", 9),
    ]);
    const { stdout } = await runCli(["artifacts", "files#0"], { cwd });
    expect(stdout.split("\n")).toEqual([
      expect.stringMatching(/^name +size +attempt +saved \(UTC\)$/),
      expect.stringMatching(/^model\.bin +256 B +1 +\d{4}-/),
      expect.stringMatching(/^notes\.txt +9 B +1 +\d{4}-/),
      "",
    ]);
  });

  test("says in a line that there are none", async () => {
    const result = await runCli(["artifacts", "files#1"], { cwd });
    expect(result).toEqual({ code: 0, stdout: "", stderr: "files#1 has no artifacts\n" });
    expect(await runCliJson(["artifacts", "files#1"], { cwd })).toEqual([]);
  });

  test("writes the content of one, byte for byte", async () => {
    const { stdout, stderr } = await runCli(["artifacts", "files#0", "notes.txt"], { cwd });
    expect([stdout, stderr]).toEqual(["kept ✓\n", ""]);
    const file = join(cwd, "copy.bin");
    const written = await runCli(["artifacts", "files#0", "model.bin", "--output", file], { cwd });
    expect(written).toEqual({ code: 0, stdout: "", stderr: `Wrote 256 B to ${file}\n` });
    expect(bytes.equals(await readFile(file))).toBe(true);
  });

  test("with --json says what it is about instead of the content", async () => {
    const args = ["artifacts", "files#0", "notes.txt"];
    expect(await runCliJson(args, { cwd })).toEqual(row("notes.txt", 9));
    const file = join(cwd, "copy.txt");
    expect(await runCliJson([...args, "--output", file], { cwd })).toEqual(row("notes.txt", 9));
    expect(await readFile(file, "utf8")).toBe("kept ✓\n");
  });

  test.each([
    [
      ["files#0", "note.txt"],
      1,
      /^assay: Trial [0-9a-f]{32} has no artifact "note\.txt"; did you mean "notes\.txt"\? \(model\.bin, notes\.txt\)\n$/,
    ],
    [["files#1", "notes.txt"], 1, /^assay: Trial [0-9a-f]{32} has no artifact "notes\.txt"\n$/],
    [["files#0", "--output", "x"], 2, /^assay: --output takes the name of an artifact, too\n$/],
    [
      ["files#0", "notes.txt", "--output", "no/such/folder"],
      1,
      /^assay: no\/such\/folder cannot be written: its folder does not exist\n$/,
    ],
    [
      ["files#0", "notes.txt", "--output", "."],
      1,
      /^assay: \. cannot be written: it is a folder\n$/,
    ],
  ])("%j is refused", async (args, code, message) => {
    const result = await runCli(["artifacts", ...args], { cwd });
    expect([result.code, result.stdout]).toEqual([code, ""]);
    expect(result.stderr).toMatch(message);
  });
});

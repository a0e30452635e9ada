import { expect, test } from "vitest";
import { projectFolder } from "../../../test/support/project-folder.ts";
import { openStorage } from "../../storage/open-storage.ts";
import { storedGrid, trialIn } from "../../testing/storage/fixtures.ts";
import type { Terminal } from "../terminal.ts";
import { verb } from "./artifacts.ts";

test("what is no text is not written to a terminal, but to everything else", async () => {
  const folder = await projectFolder({});
  const path = folder.path("assay.db");
  const storage = await openStorage(path);
  const { id } = await trialIn(storage, await storedGrid(storage, 1), "completed");
  const contents: Readonly<Record<string, Buffer>> = {
    text: Buffer.from("text ✓\n"),
    nul: Buffer.from("a\0b"),
    latin: Buffer.of(0x61, 0xe9),
  };
  for (const [name, content] of Object.entries(contents)) {
    await storage.saveArtifact(id, name, content);
  }
  await storage.close();

  const written: (string | Uint8Array)[] = [];
  const print = async (name: string, width: number | undefined): Promise<void> => {
    const terminal: Terminal = {
      width,
      style: (_, text) => text,
      write: (data) => Promise.resolve(void written.push(data)),
      writeJson: () => Promise.resolve(),
      note: () => undefined,
      progress: () => undefined,
      endProgress: () => undefined,
    };
    await verb.run({
      args: [id, name],
      flags: {},
      globals: { storage: path },
      terminal,
      argv: [],
      command: [],
    });
  };
  for (const name of ["nul", "latin"]) {
    await expect(print(name, 80)).rejects.toMatchObject({
      code: "USAGE",
      message: `"${name}" is not text; --output FILE writes it to a file, and > FILE does, too`,
    });
  }
  await print("text", 80);
  for (const name of Object.keys(contents)) await print(name, undefined);
  expect(written).toEqual([contents["text"], ...Object.values(contents)]);
});

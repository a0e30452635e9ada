import type { StorageTests } from "./tests.ts";

export function codeTests({ test, expect }: StorageTests): void {
  test("a bundle is kept under its hash, once", async (storage, again) => {
    expect(await storage.getCode("abc")).toBe(undefined);
    const bundle = { files: [{ name: "a.ts", text: "const a = `\\0`;" }], packages: {} };
    await storage.saveCode("abc", bundle);
    await storage.saveCode("abc", { other: true });
    const other = await again();
    expect(await other.getCode("abc")).toEqual(bundle);
  });

  test("a bundle with a table of 20 MB in it comes back as it was", async (storage, again) => {
    const rows = Array.from(
      { length: 1_000_000 },
      (_, i) => `${String(i)},${String(i % 97)},größer`,
    );
    const bundle = { source: rows.join("\n"), packages: {} };
    await storage.saveCode("table", bundle);
    const found = await (await again()).getCode("table");
    expect((found as typeof bundle).source === bundle.source).toBe(true);
  });

  test("a bundle that many save at the same time is kept once", async (storage, again) => {
    const other = await again();
    await Promise.all(
      Array.from({ length: 10 }, async (_, i) => {
        await (i % 2 === 0 ? storage : other).saveCode("abc", { same: true });
      }),
    );
    expect(await storage.getCode("abc")).toEqual({ same: true });
  });
}

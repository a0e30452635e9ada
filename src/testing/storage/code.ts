import type { StorageTests } from "./tests.ts";

export function codeTests({ test, expect }: StorageTests): void {
  test("a bundle is kept under its hash, once", async (storage, again) => {
    expect(await storage.getCode("abc")).toBe(undefined);
    const bundle = { files: [{ name: "a.ts", text: "const a = `\\0`;" }], packages: {} };
    await storage.saveCode("abc", bundle);
    await storage.saveCode("abc", { other: true });
    await storage.saveCode("def", "x".repeat(3_000_000));
    const other = await again();
    expect(await other.getCode("abc")).toEqual(bundle);
    expect(String(await other.getCode("def")).length).toBe(3_000_000);
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

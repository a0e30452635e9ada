import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { compress, measure } from "../../examples/compress/compress.ts";
import { loadTexts, textNames } from "../../examples/compress/texts.ts";

const texts = await loadTexts();

describe("the compressors", () => {
  test.each(textNames)("give %s back unchanged", (name) => {
    const text = texts[name];
    const brotli = compress(text, { codec: "brotli", quality: 5, window: 22, mode: "text" });
    const gzip = compress(text, { codec: "gzip", level: 6, memLevel: 8 });
    expect(brotliDecompressSync(brotli).equals(text)).toBe(true);
    expect(gunzipSync(gzip).equals(text)).toBe(true);
  });

  test("make a text smaller the harder they try", () => {
    const text = texts["lib.es5.d.ts"];
    const sizes = [1, 6, 9].map(
      (level) => measure(text, { codec: "gzip", level, memLevel: 8 }).bytes,
    );
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    expect(sizes[0]).toBeLessThan(text.length);
  });
});

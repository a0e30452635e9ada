import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** Levels and sizes are those of Node's zlib: a window of n is 2^n bytes. */
export interface Brotli {
  readonly codec: "brotli";
  readonly quality: number;
  readonly window: number;
  readonly mode: "generic" | "text";
}

export interface Gzip {
  readonly codec: "gzip";
  readonly level: number;
  readonly memLevel: number;
}

export interface Compressed {
  readonly bytes: number;
  /** The shortest of the rounds: what disturbs a measurement only makes it longer. */
  readonly milliseconds: number;
}

const rounds = 3;

export function measure(text: Uint8Array, settings: Brotli | Gzip): Compressed {
  let bytes = 0;
  let milliseconds = Infinity;
  for (let round = 0; round < rounds; round++) {
    const startedAt = performance.now();
    bytes = compress(text, settings).length;
    milliseconds = Math.min(milliseconds, performance.now() - startedAt);
  }
  return { bytes, milliseconds };
}

export function compress(text: Uint8Array, settings: Brotli | Gzip): Uint8Array {
  switch (settings.codec) {
    case "brotli":
      return brotliCompressSync(text, {
        params: {
          [constants.BROTLI_PARAM_QUALITY]: settings.quality,
          [constants.BROTLI_PARAM_LGWIN]: settings.window,
          [constants.BROTLI_PARAM_MODE]:
            settings.mode === "text" ? constants.BROTLI_MODE_TEXT : constants.BROTLI_MODE_GENERIC,
          [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
        },
      });
    case "gzip":
      return gzipSync(text, { level: settings.level, memLevel: settings.memLevel });
  }
}

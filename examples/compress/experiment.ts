import { choice, defineExperiment, variant } from "assay";
import { measure } from "./compress.ts";
import { loadTexts, textNames } from "./texts.ts";

export default defineExperiment({
  name: "compress",
  space: {
    text: choice(textNames),
    compressor: variant("codec", {
      brotli: {
        quality: choice([1, 5, 9, 11]),
        window: choice([16, 22]),
        mode: choice(["generic", "text"]),
      },
      gzip: {
        level: choice([1, 6, 9]),
        memLevel: choice([4, 8, 9]),
      },
    }),
  },
  // Of texts of different length only the share that is left can be compared, not the bytes.
  objective: { minimize: "ratio" },
  setup: () => loadTexts(),
  run: (params, trial) => {
    const text = trial.store[params.text];
    const { bytes, milliseconds } = measure(text, params.compressor);
    return { bytes, ratio: bytes / text.length, milliseconds };
  },
});

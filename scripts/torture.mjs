// npm run torture [-- --minutes N --seed S --trials N --kills N]: kills and stops runs at random while
// they share an experiment, again and again with the next seed, until the time is over. Ends with 1, and
// keeps the folder, when a trial was lost or completed twice.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const support = join(import.meta.dirname, "../test/support/fault");
/** Beside its source, so that its imports and paths mean the same. */
const outfile = join(support, ".torture.mjs");

function readOptions() {
  const text = { type: "string" };
  const { values } = parseArgs({
    options: {
      minutes: { ...text, default: "1" },
      seed: { ...text, default: String(Date.now() % 1_000_000) },
      trials: { ...text, default: "2000" },
      kills: { ...text, default: "200" },
    },
  });
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const number = Number(value);
      if (number >= 0 && (name === "minutes" || Number.isInteger(number))) return [name, number];
      throw new TypeError(`--${name} takes a number from 0 on, not "${value}"`);
    }),
  );
}

async function loadTorture() {
  try {
    await build({
      entryPoints: [join(support, "torture.ts")],
      outfile,
      bundle: true,
      packages: "external",
      platform: "node",
      format: "esm",
      target: "node20",
      logLevel: "error",
    });
    return (await import(outfile)).torture;
  } finally {
    rmSync(outfile, { force: true });
  }
}

/** One round; whether all promises were kept. */
async function round(torture, seed, { trials, kills }) {
  const folder = mkdtempSync(join(tmpdir(), "assay-torture-"));
  const { figures, violations } = await torture({ folder, seed, trials, kills });
  const shown = Object.entries(figures).map(([name, figure]) => `${name} ${figure}`);
  console.log(`seed ${seed}: ${shown.join(", ")}`);
  if (violations.length === 0) {
    rmSync(folder, { recursive: true, force: true });
    return true;
  }
  for (const violation of violations) console.error(violation);
  console.error(`${violations.length} violations with --seed ${seed}; the folder is ${folder}`);
  return false;
}

const { minutes, seed: first, ...amounts } = readOptions();
const torture = await loadTorture();
const endAt = performance.now() + minutes * 60_000;
let seed = first;
do {
  if (!(await round(torture, seed, amounts))) process.exit(1);
  seed += 1;
} while (performance.now() < endAt);

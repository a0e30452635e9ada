// Moving 100,000 trials on SQLite: export and import together, and a copy; and what memory they need.
import { join } from "node:path";
import { report, reportAtLeast } from "./lib/measure.ts";
import { createSandbox } from "./lib/sandbox.ts";
import { fillStorage, measureCopy, measureExport, measureImport } from "./lib/transfer.ts";

const folder = createSandbox();
const url = (name: string): string => `sqlite:${join(folder, name)}`;

const few = 20_000;
const many = 100_000;
for (const trials of [few, many]) await fillStorage(url(`${String(trials)}.db`), trials);

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

async function move(trials: number): Promise<{ readonly copy: number; readonly file: number }> {
  const from = url(`${String(trials)}.db`);
  const copied = await measureCopy(from, url(`copied-${String(trials)}.db`));
  reportAtLeast(`copy of ${String(trials)}`, trials / (copied.ms / 1000), 10_000, "trials/s");
  console.log(`  ${seconds(copied.ms)}, ${seconds(copied.cpuMs)} of it computing`);
  let peak = 0;
  for (const file of ["archive.jsonl", "archive.jsonl.gz", "archive.db"]) {
    const path = join(folder, file);
    const out = await measureExport(from, path);
    const back = await measureImport(path, url(`from-${String(trials)}-${file}.db`));
    const both = (out.ms + back.ms) / 1000;
    report(`export and import of ${String(trials)} by ${file}`, both, 10, "s");
    console.log(
      `  ${seconds(out.ms)} and ${seconds(back.ms)}, ${seconds(out.cpuMs)} and ${seconds(back.cpuMs)} of it computing`,
    );
    peak = Math.max(peak, out.peakMb, back.peakMb);
  }
  return { copy: copied.peakMb, file: peak };
}

const little = await move(few);
const much = await move(many);
console.log(
  `memory: ${little.copy.toFixed(1)} and ${little.file.toFixed(1)} MB at ${String(few)} trials`,
);
report("memory of a copy of 100,000", much.copy, Math.max(40, 2 * little.copy), "MB");
report("memory of files of 100,000", much.file, Math.max(40, 2 * little.file), "MB");

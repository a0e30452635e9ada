// Checks the import rule of .dependency-cruiser.mjs, and that the check still works: it must have
// read every source file, and must catch a planted breach of every rule.

import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cruise } from "dependency-cruiser";
import config, { lines } from "../.dependency-cruiser.mjs";

const root = join(import.meta.dirname, "..");
const unlisted = "unlisted";

/**
 * A breach of each rule: the file that commits it, what it imports (by `import()` if lazy), and the
 * text of the imported file where that matters (null: there is none).
 */
const plants = [
  ...lines.flatMap((line, height) =>
    line.map((folder) => ({
      rule: `layer-${folder}`,
      file: `src/${folder}/planted-layer.ts`,
      imports: `../${lines[height + 1]?.[0] ?? unlisted}/target.ts`,
    })),
  ),
  { rule: "known-folder", file: `src/${unlisted}/planted.ts`, imports: "../util/target.ts" },
  {
    rule: "no-cycle",
    file: "src/util/planted-cycle.ts",
    imports: "./back.ts",
    target: `import type { planted } from "./planted-cycle.ts";\nexport const target: planted = 1;\n`,
  },
  { rule: "no-cli", file: "src/testing/planted-cli.ts", imports: "../cli/target.ts" },
  { rule: "no-testing", file: "src/cli/planted-testing.ts", imports: "../testing/target.ts" },
  { rule: "no-entry", file: "src/cli/planted-entry.ts", imports: "../index.ts" },
  {
    rule: "driver-static",
    file: "src/storage/planted-driver.ts",
    imports: "../database/drivers/one/target.ts",
  },
  {
    rule: "driver-dynamic",
    file: "src/cli/planted-driver.ts",
    imports: "../database/drivers/one/target.ts",
    lazy: true,
  },
  {
    rule: "driver-apart",
    file: "src/database/drivers/two/planted.ts",
    imports: "../one/target.ts",
  },
  { rule: "no-dist", file: "src/cli/planted-dist.ts", imports: "../../dist/target.js" },
  {
    rule: "resolvable",
    file: "src/util/planted-missing.ts",
    imports: "./missing.ts",
    target: null,
  },
];

async function inspect(baseDir) {
  const { forbidden, options } = config;
  const { output } = await cruise(["src"], {
    ...options,
    baseDir,
    validate: true,
    ruleSet: { forbidden },
  });
  return {
    files: new Set(output.modules.map((module) => module.source)),
    breaches: output.summary.violations,
  };
}

function sourceFiles() {
  return readdirSync(join(root, "src"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}

function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function plant(folder, { file, imports, lazy, target = "export const target = 1;\n" }) {
  const path = join(folder, file);
  if (target !== null) write(join(dirname(path), imports), target);
  const statement = lazy ? `await import("${imports}")` : `import { target } from "${imports}"`;
  write(path, `${statement};\nexport type planted = number;\n`);
}

/** The rules whose planted breach goes unnoticed. */
async function toothlessRules() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "assay-layers-")));
  try {
    for (const breach of plants) plant(folder, breach);
    const { breaches } = await inspect(folder);
    // Of a circle only one edge is reported, so the plant may be at either end of it.
    const caught = new Set(
      breaches.flatMap(({ rule, from, to }) => [`${rule.name} ${from}`, `${rule.name} ${to}`]),
    );
    const unplanted = config.forbidden.filter(
      ({ name }) => !plants.some(({ rule }) => rule === name),
    );
    return [
      ...unplanted.map(({ name }) => name),
      ...plants.filter(({ rule, file }) => !caught.has(`${rule} ${file}`)).map(({ rule }) => rule),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const { files, breaches } = await inspect(root);
const unseen = sourceFiles().filter((file) => !files.has(file));
const toothless = await toothlessRules();

for (const { rule, from, to } of breaches) {
  const { comment } = config.forbidden.find(({ name }) => name === rule.name);
  console.error(`${from} imports ${to}: ${comment} (${rule.name})`);
}
for (const file of unseen) console.error(`${file} was not read by dependency-cruiser`);
for (const name of toothless) console.error(`A planted breach of the rule ${name} was not caught`);

if (breaches.length + unseen.length + toothless.length > 0) process.exit(1);
console.log(
  `Layers hold: ${files.size} modules, ${config.forbidden.length} rules, each with teeth`,
);

// node scripts/picture.mjs: runs the demo's commands and draws what they print into docs/images/demo.svg.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "assay-picture-"));
const cli = join(root, "dist/cli/main.js");
const commands = [
  ["run", "examples/penguins/experiment.ts"],
  ["trials", "penguins", "--sort", "accuracy", "--desc", "--limit", "5"],
];

const lines = [];
for (const command of commands) {
  const env = { ...process.env, ASSAY_STORAGE: join(folder, "assay.db"), COLUMNS: "92" };
  const { stdout, stderr } = spawnSync(process.execPath, [cli, ...command], {
    cwd: root,
    env,
    encoding: "utf8",
  });
  lines.push({ text: `$ assay ${command.join(" ")}`, isCommand: true });
  const printed = `${stderr.trimEnd()}\n${stdout.trimEnd()}`.trim();
  // What to type next names the temporary folder here.
  const shown = printed.split("\n\nNext")[0];
  for (const text of shown.split("\n")) lines.push({ text, isCommand: false });
  lines.push({ text: "", isCommand: false });
}
lines.pop();
rmSync(folder, { recursive: true });

const escape = (text) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const lineHeight = 20;
const width = 40 + 8.43 * Math.max(...lines.map(({ text }) => text.length));
const height = 40 + lineHeight * lines.length;
const rows = lines.map(({ text, isCommand }, i) => {
  const y = 34 + i * lineHeight;
  const fill = isCommand ? "#7dd3fc" : "#e5e7eb";
  return `<text x="20" y="${y}" fill="${fill}" xml:space="preserve">${escape(text)}</text>`;
});
const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.ceil(width)}" height="${height}" font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">
<rect width="100%" height="100%" rx="8" fill="#111827"/>
${rows.join("\n")}
</svg>
`;
writeFileSync(join(root, "docs/images/demo.svg"), svg);

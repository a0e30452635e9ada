import { isUtf8 } from "node:buffer";
import { writeFile } from "node:fs/promises";
import { findTrial } from "../../analysis/find-trial.ts";
import { trialLabel } from "../../analysis/trial-label.ts";
import { AssayError } from "../../errors/assay-error.ts";
import type { Artifact } from "../../storage/artifacts.ts";
import { formatBytes, formatTime } from "../format-value.ts";
import { readText } from "../option-readers.ts";
import { fromSystemError } from "../report-error.ts";
import { withStorage } from "../storage-option.ts";
import { renderTable } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import type { Invocation, Verb } from "../verb.ts";

interface ArtifactsFlags {
  readonly output?: string;
}

export const verb: Verb<ArtifactsFlags> = {
  options: {
    output: {
      flag: "--output FILE",
      says: "write the artifact's content to this file (default: to standard output)",
      read: readText,
    },
  },
  examples: [
    ["assay artifacts penguins#3", "their names and sizes"],
    ["assay artifacts penguins#3 notes.txt", "the content of one"],
    ["assay artifacts penguins#3 model.bin --output model.bin", "into a file"],
  ],
  async run(invocation) {
    const { args, flags } = invocation;
    if (args[1] !== undefined) await writeContent(invocation, args[1]);
    else if (flags.output === undefined) await list(invocation);
    else throw new AssayError("USAGE", "--output takes the name of an artifact, too");
    return undefined;
  },
};

async function list({ args: [text = ""], globals, terminal }: Invocation): Promise<void> {
  const { artifacts, label } = await withStorage(globals, async (storage) => {
    const { trial, experiment } = await findTrial(storage, text);
    const found = await storage.getArtifacts(trial.id);
    return { artifacts: found, label: trialLabel(experiment, trial) };
  });
  if (globals.json === true) await terminal.writeJson(artifacts);
  else if (artifacts.length === 0) terminal.note(`${label} has no artifacts`);
  else await terminal.write(artifactTable(artifacts, terminal));
}

function artifactTable(artifacts: readonly Artifact[], { width, style }: Terminal): string {
  const rows = artifacts.map(({ name, bytes, attempt, createdAt }) => [
    { text: name },
    { text: formatBytes(bytes), isNumber: true },
    { text: String(attempt), isNumber: true },
    { text: formatTime(createdAt) },
  ]);
  return renderTable({ titles: ["name", "size", "attempt", "saved (UTC)"], rows }, { width, style })
    .text;
}

/** Writes the content to where it is wanted; with `--json`, standard output gets what is known of it instead. */
async function writeContent(
  { args: [text = ""], flags, globals, terminal }: Invocation<ArtifactsFlags>,
  name: string,
): Promise<void> {
  const { content, artifact } = await withStorage(globals, async (storage) => {
    const { trial } = await findTrial(storage, text);
    const read = await storage.readArtifact(trial.id, name);
    const all = await storage.getArtifacts(trial.id);
    return { content: read, artifact: all.find((candidate) => candidate.name === name) };
  });
  const { output: file } = flags;
  if (file !== undefined) {
    await writeFile(file, content).catch((error: unknown) => {
      throw fromSystemError(error, file);
    });
  }
  if (globals.json === true) await terminal.writeJson(artifact);
  else if (file !== undefined) terminal.note(`Wrote ${formatBytes(content.length)} to ${file}`);
  else {
    checkPrintable(content, name, terminal);
    await terminal.write(content);
  }
}

/** A terminal obeys some bytes, and shows others as nothing: `USAGE` when content that is no text would go there. */
function checkPrintable(content: Buffer, name: string, { width }: Terminal): void {
  if (width === undefined || (isUtf8(content) && !content.includes(0))) return;
  throw new AssayError(
    "USAGE",
    `"${name}" is not text; --output FILE writes it to a file, and > FILE does, too`,
    { details: { name, bytes: content.length } },
  );
}

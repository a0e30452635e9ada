import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { ownVersion } from "../../../util/own-package.ts";
import { timestamp, type StorageContext } from "../../context.ts";
import { schemaVersion } from "../../schema.ts";
import { movedExperiment } from "../moved-documents.ts";
import {
  belongingNames,
  everyTrial,
  type Part,
  type SourceExperiment,
  type TransferSource,
} from "../parts.ts";
import type { Tracker } from "../progress.ts";
import {
  archiveFormat,
  archiveVersion,
  toDocumentLine,
  toLine,
  type ArchiveEnd,
  type ArchiveHeader,
} from "./format.ts";

/** Lines are written together up to so many characters. */
const chunkLength = 1 << 18;

/** Writes experiments to a file, compressed if `isCompressed`. It is on the disk when this resolves. */
export async function writeArchive(
  context: StorageContext,
  source: TransferSource,
  experiments: readonly SourceExperiment[],
  {
    file,
    isCompressed,
    tracker,
  }: {
    readonly file: string;
    readonly isCompressed: boolean;
    readonly tracker: Tracker;
  },
): Promise<void> {
  const bytes = archiveBytes(archiveLines(context, source, experiments, tracker));
  const sink = createWriteStream(file, { flush: true });
  if (isCompressed) await pipeline(bytes, createGzip({ level: 6 }), sink);
  else await pipeline(bytes, sink);
}

interface KindOfLine {
  readonly kind: string;
  readonly line: string;
}

/** Lines as bytes, and behind them the line that says what there is. */
async function* archiveBytes(
  lines: AsyncIterable<KindOfLine>,
): AsyncGenerator<Buffer, void, undefined> {
  const hash = createHash("sha256");
  const documents: Record<string, number> = {};
  let count = 0;
  let text = "";
  const flush = (): Buffer => {
    const bytes = Buffer.from(text, "utf8");
    hash.update(bytes);
    text = "";
    return bytes;
  };
  for await (const { kind, line } of lines) {
    count += 1;
    if (kind !== "archive" && kind !== "end") documents[kind] = (documents[kind] ?? 0) + 1;
    text += line;
    if (text.length >= chunkLength) yield flush();
  }
  yield flush();
  const end: ArchiveEnd = { lines: count, sha256: hash.digest("hex"), documents };
  yield Buffer.from(toLine("archiveEnd", end));
}

async function* archiveLines(
  context: StorageContext,
  source: TransferSource,
  experiments: readonly SourceExperiment[],
  tracker: Tracker,
): AsyncGenerator<KindOfLine, void, undefined> {
  const header: ArchiveHeader = {
    format: archiveFormat,
    version: archiveVersion,
    schema: schemaVersion,
    assay: ownVersion(),
    createdAt: timestamp(context),
  };
  yield { kind: "archive", line: toLine("archive", header) };
  for (const experiment of experiments) {
    tracker.begin(experiment);
    yield {
      kind: "experiments",
      line: toLine("experiments", movedExperiment(experiment.document)),
    };
    for await (const part of source.parts(experiment, everyTrial)) {
      await tracker.goOn();
      yield* linesOf(part);
      if (part.kind === "trials") tracker.advance(part.records.length);
    }
  }
}

function* linesOf(part: Part): Generator<KindOfLine, void, undefined> {
  if (part.kind === "end")
    yield { kind: "end", line: toLine("end", movedExperiment(part.document)) };
  else if (part.kind !== "trials") {
    yield { kind: part.kind, line: toDocumentLine(part.kind, part.document) };
  } else {
    for (const { trial, belonging } of part.records) {
      yield { kind: "trials", line: toDocumentLine("trials", trial) };
      for (const kind of belongingNames) {
        for (const document of belonging[kind]) {
          yield { kind, line: toDocumentLine(kind, document) };
        }
      }
    }
  }
}

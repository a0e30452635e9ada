import type { Document } from "../../../database/contract.ts";
import { AssayError } from "../../../errors/assay-error.ts";
import { decodeValue } from "../../../values/decode.ts";
import { isPlainObject } from "../../../values/plain.ts";
import {
  belongingNames,
  noBelongings,
  type Belonging,
  type Part,
  type SourceExperiment,
  type TransferSource,
  type TrialParts,
  type Wanted,
} from "../parts.ts";
import { isWholeLine, kindOf, valueText } from "./format.ts";
import { inspectArchive } from "./inspect-archive.ts";
import { readLines, type Line } from "./lines.ts";

/** Trials, and what belongs to them, that are handed on together. */
const mostTrials = 500;
const mostDocuments = 2000;

/** The experiments of an archive, which is checked as a whole before. Throws as `inspectArchive` does. */
export async function archiveSource(
  file: string,
  onLines?: (lines: number) => void,
): Promise<TransferSource> {
  const experiments = await inspectArchive(file, onLines);
  const reader = new ArchiveReader(file);
  return {
    location: file,
    experiments,
    parts: (experiment, wanted) => reader.parts(experiment, wanted),
    close: () => reader.close(),
  };
}

/** Goes through the lines once as long as experiments are asked for in their order. */
class ArchiveReader {
  readonly #file: string;
  #lines: AsyncGenerator<Line, void, undefined> | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  async *parts(
    experiment: SourceExperiment,
    wanted: Wanted,
  ): AsyncGenerator<Part, void, undefined> {
    await this.#goTo(experiment);
    let page = new Page();
    for (;;) {
      const { kind, document } = await this.#next();
      if ((kind === "trials" && page.isFull) || kind === "locks" || kind === "end") {
        yield* page.parts(wanted);
        page = new Page();
      }
      switch (kind) {
        case "code":
        case "runs":
        case "blobs":
        case "locks":
          yield { kind, document };
          break;
        case "end":
          yield { kind, document };
          return;
        default:
          page.add(kind, document);
      }
    }
  }

  async close(): Promise<void> {
    await this.#lines?.return();
    this.#lines = undefined;
  }

  /** Stands behind the line of an experiment, which lies ahead unless it was passed. */
  async #goTo({ id, document: { name, version } }: SourceExperiment): Promise<void> {
    for (let isFromStart = this.#lines === undefined; ; isFromStart = true) {
      if (isFromStart) {
        await this.close();
        this.#lines = readLines(this.#file);
      }
      for (;;) {
        const line = await this.#line();
        if (line === undefined) break;
        if (kindOf(line.bytes) !== "experiments") continue;
        const { document } = this.#read(line);
        if (document["id"] === id && document["name"] === name && document["version"] === version) {
          return;
        }
      }
      if (isFromStart) throw this.#changed();
    }
  }

  async #next(): Promise<{ readonly kind: string; readonly document: Document }> {
    const line = await this.#line();
    if (line === undefined) throw this.#changed();
    return this.#read(line);
  }

  async #line(): Promise<Line | undefined> {
    const next = await this.#lines?.next();
    return next?.done === false ? next.value : undefined;
  }

  #read({ bytes }: Line): { readonly kind: string; readonly document: Document } {
    if (!isWholeLine(bytes)) throw this.#changed();
    const kind = kindOf(bytes);
    const document = decodeValue(valueText(bytes, kind));
    if (!isPlainObject(document)) throw this.#changed();
    return { kind, document };
  }

  #changed(): AssayError {
    return new AssayError("CORRUPT", `${this.#file} was changed while it was read`, {
      details: { file: this.#file },
    });
  }
}

/** Trials as they come out of an archive, each before what belongs to it. */
class Page {
  readonly #records: TrialParts[] = [];
  #documents = 0;
  #belonging: Record<Belonging, Document[]> = noBelongings();

  get isFull(): boolean {
    return this.#records.length >= mostTrials || this.#documents >= mostDocuments;
  }

  add(kind: string, document: Document): void {
    this.#documents += 1;
    if (kind === "trials") {
      this.#belonging = noBelongings();
      this.#records.push({ trial: document, belonging: this.#belonging });
      return;
    }
    // What a newer format had would have told another version.
    const collection = belongingNames.find((name) => name === kind);
    if (collection !== undefined) this.#belonging[collection].push(document);
  }

  async *parts(wanted: Wanted): AsyncGenerator<Part, void, undefined> {
    if (this.#records.length === 0) return;
    const chosen = new Set(await wanted(this.#records.map(({ trial }) => trial)));
    const records = this.#records.filter(({ trial }) => chosen.has(trial));
    if (records.length > 0) yield { kind: "trials", records };
  }
}

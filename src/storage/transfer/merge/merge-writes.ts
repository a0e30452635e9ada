import type { Document, Operation } from "../../../database/contract.ts";
import { asRead } from "../../administrative-writes.ts";
import { keepBlob, releaseBlob } from "../../blobs.ts";
import type { StorageContext } from "../../context.ts";
import type { Belonging } from "../parts.ts";
import type { Taking } from "./taken-trial.ts";

/** The documents of contents, chunk by chunk, by hash. */
export type Contents = ReadonlyMap<string, readonly Document[]>;

type Belongings = Readonly<Record<Belonging, readonly Document[]>>;

/** Gathers the writes that bring trials into an experiment: all of them, or none where a backend can. */
export class MergeWrites {
  readonly #context: StorageContext;
  readonly #key: number;
  readonly #operations: Operation[];

  /** @param first what comes before all */
  constructor(context: StorageContext, key: number, first: readonly Operation[] = []) {
    this.#context = context;
    this.#key = key;
    this.#operations = [...first];
  }

  get operations(): readonly Operation[] {
    return this.#operations;
  }

  /** Inserts a trial that is not there. Without transactions what belongs to it comes first. */
  add(trial: Document, belonging: Belongings, contents: Contents): void {
    this.#belongings(belonging, contents, []);
    this.#insert("trials", [trial], true);
  }

  /** Changes a trial that is as it was read. */
  take(
    primary: Document,
    { change, belonging }: Taking,
    contents: Contents,
    there: readonly Document[],
  ): void {
    this.#belongings(belonging, contents, there);
    this.#operations.push({
      kind: "update",
      collection: "trials",
      query: asRead(primary),
      change,
      required: true,
    });
  }

  #insert(collection: string, documents: readonly Document[], required = false): void {
    if (documents.length === 0) return;
    const here = documents.map((document) => ({ ...document, experiment: this.#key }));
    const operation = { kind: "insert", collection, documents: here, ifAbsent: true } as const;
    this.#operations.push(required ? { ...operation, required } : operation);
  }

  /** @param there the artifacts that the trial has */
  #belongings(belonging: Belongings, contents: Contents, there: readonly Document[]): void {
    this.#insert("attempts", belonging.attempts);
    this.#insert("metrics", belonging.metrics);
    this.#insert("output", belonging.output);
    for (const snapshot of belonging.snapshots) {
      this.#keep(snapshot, contents);
      this.#insert("snapshots", [snapshot]);
    }
    for (const artifact of belonging.artifacts) {
      const replaced = there.find(({ name }) => name === artifact["name"]);
      this.#keep(artifact, contents);
      if (replaced === undefined) this.#insert("artifacts", [artifact]);
      else this.#replace(replaced, artifact);
    }
  }

  #keep({ sha256, bytes }: Document, contents: Contents): void {
    const blob = { sha256: String(sha256), bytes: Number(bytes) };
    const chunks = (contents.get(blob.sha256) ?? []).map(({ chunk, data }) => ({
      experiment: this.#key,
      sha256,
      chunk,
      data,
    }));
    this.#operations.push(...keepBlob(this.#key, blob, chunks, this.#operations.length));
  }

  #replace(replaced: Document, artifact: Document): void {
    const { number, name, sha256 } = replaced;
    const experiment = this.#key;
    const had = this.#operations.length;
    this.#operations.push(
      {
        kind: "update",
        collection: "artifacts",
        query: { experiment, number, name, sha256 },
        change: { set: { ...artifact, experiment } },
        required: true,
      },
      ...releaseBlob(this.#context, { experiment, sha256 }, had, had + 1),
    );
  }
}

import { createHash } from "node:crypto";
import type { Database, Document } from "../../database/contract.ts";
import { isPlainObject } from "../../values/plain.ts";
import { eachChunk } from "../blobs.ts";
import { isLargeResults } from "../large-results.ts";
import type { Finding, Findings } from "./findings.ts";
import { isTime, isWhole, readStored, readText, shown, unreadable } from "./stored-values.ts";
import type { TrialRecord } from "./trial-record.ts";

const snapshots = (message: string): Finding => ({ invariant: "snapshots", message });
const artifacts = (message: string): Finding => ({ invariant: "artifacts", message });

/** The snapshots of a trial with their states, and its artifacts and large results with their contents. */
export class ContentCheck {
  readonly #database: Database;
  readonly #findings: Findings;

  constructor(database: Database, findings: Findings) {
    this.#database = database;
    this.#findings = findings;
  }

  async *check(
    { snapshots: saved, artifacts: kept }: TrialRecord,
    trial: Document,
  ): AsyncGenerator<Finding, void> {
    const attempts = Number(trial["attempt"]);
    let expected = 1;
    for (const document of saved) {
      // Where a batch is not atomic, a number may be taken by a snapshot that was cut off.
      const number = this.#database.capabilities.atomicBatch ? expected : document["snapshot"];
      yield* checkSnapshot(document, Number(number), attempts);
      yield* this.#checkState(document);
      expected = Number(document["snapshot"]) + 1;
    }
    const count = trial["snapshots"] ?? 0;
    const isRight = this.#database.capabilities.atomicBatch
      ? count === expected - 1
      : Number(count) >= expected - 1;
    if (!isRight) {
      yield snapshots(
        `It counts ${shown(count)} snapshots, the last one is ${String(expected - 1)}`,
      );
    }
    for (const document of kept) {
      yield* checkArtifact(document, attempts);
      const { name: own } = document;
      const name = isLargeResults(own) ? "large results" : `artifact ${shown(own)}`;
      yield* (await this.#readContent(document, name, () => undefined)).found;
    }
  }

  async *#checkState(document: Document): AsyncGenerator<Finding, void> {
    const name = `snapshot ${shown(document["snapshot"])}`;
    const parts: Uint8Array[] = [];
    const { found } = await this.#readContent(document, name, (part) => parts.push(part));
    yield* found;
    if (found.length > 0) return;
    if (readText(Buffer.concat(parts).toString("utf8")) === unreadable) {
      yield snapshots(`The state of ${name} cannot be read`);
    }
  }

  /** Reads content chunk by chunk, and tells whether it is what was written. */
  async #readContent(
    document: Document,
    name: string,
    onPart: (part: Uint8Array) => void,
  ): Promise<{ readonly found: readonly Finding[] }> {
    const { experiment, sha256 } = document;
    if (typeof sha256 !== "string") return wrong(`The content of ${name} has no hash`);
    const hash = createHash("sha256");
    let bytes = 0;
    for await (const { data } of eachChunk(this.#database, { experiment, sha256 })) {
      hash.update(data);
      bytes += data.length;
      onPart(data);
    }
    this.#findings.count("blobs");
    this.#findings.count("bytes", bytes);
    if (hash.digest("hex") !== sha256) {
      return wrong(`The stored content of ${name} is damaged or incomplete`);
    }
    if (document["bytes"] === bytes) return { found: [] };
    return wrong(
      `The content of ${name} has ${String(bytes)} bytes, not ${shown(document["bytes"])}`,
    );
  }
}

function wrong(message: string): { readonly found: readonly Finding[] } {
  return { found: [{ invariant: "content", message }] };
}

function* checkSnapshot(
  document: Document,
  expected: number,
  attempts: number,
): Generator<Finding, void> {
  const { snapshot, attempt, createdAt, points } = document;
  if (snapshot !== expected) yield snapshots(`Snapshot ${String(expected)} is missing`);
  const name = `snapshot ${shown(snapshot)}`;
  // Attempt 0: saved by a person before the first.
  if (!isWhole(attempt) || attempt > attempts) {
    yield snapshots(`Attempt ${shown(attempt)} of ${name} is none of its trial's`);
  }
  if (!isTime(createdAt)) yield snapshots(`The time of ${name}, ${shown(createdAt)}, is none`);
  if (!isWhole(points)) yield snapshots(`The points before ${name} are ${shown(points)}`);
  const metrics = readStored(document, "metrics");
  if (metrics !== undefined && !isPlainObject(metrics)) {
    yield snapshots(`The metrics of ${name} cannot be read`);
  }
  if (readStored(document, "random") === unreadable) {
    yield snapshots(`The random generator of ${name} cannot be read`);
  }
}

function* checkArtifact(
  { name, attempt, createdAt }: Document,
  attempts: number,
): Generator<Finding, void> {
  if (!isWhole(attempt) || attempt > attempts) {
    yield artifacts(`Artifact ${shown(name)} is of attempt ${shown(attempt)}, which is none`);
  }
  if (!isTime(createdAt)) yield artifacts(`The time of artifact ${shown(name)} is none`);
}

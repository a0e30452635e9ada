import type { Document } from "../database/contract.ts";
import { AssayError } from "../errors/assay-error.ts";
import type { AlgorithmSetting, Experiment } from "../model/experiment.ts";
import type { Objective } from "../model/objective.ts";
import { parseTrialStatus } from "../model/status.ts";
import type { Attempt, Trial, TrialError } from "../model/trial.ts";
import { decodeValue } from "../values/decode.ts";
import { holderCheck } from "./holders.ts";

/** The text in a field, `CORRUPT` when there is none. */
export function textIn(document: Document, field: string): string {
  const value = document[field];
  if (typeof value === "string") return value;
  throw new AssayError("CORRUPT", `A stored document lacks its "${field}"`, { details: { field } });
}

/** The number in a field, `CORRUPT` when there is none. */
export function numberIn(document: Document, field: string): number {
  const value = document[field];
  if (typeof value === "number") return value;
  throw new AssayError("CORRUPT", `A stored document lacks its "${field}"`, { details: { field } });
}

export function optionalText(document: Document, field: string): string | null {
  const value = document[field];
  return typeof value === "string" ? value : null;
}

export function optionalNumber(document: Document, field: string): number | null {
  const value = document[field];
  return typeof value === "number" ? value : null;
}

/** The decoded value of an encoded field, undefined when absent. */
export function decodedIn(document: Document, field: string): unknown {
  const value = document[field];
  return typeof value === "string" ? decodeValue(value) : undefined;
}

type PlainMap = Readonly<Record<string, unknown>>;

export function toExperiment(document: Document): Experiment {
  return {
    id: textIn(document, "id"),
    key: numberIn(document, "key"),
    name: textIn(document, "name"),
    version: numberIn(document, "version"),
    createdAt: textIn(document, "createdAt"),
    space: decodedIn(document, "space"),
    spaceHash: textIn(document, "spaceHash"),
    objectives: decodedIn(document, "objectives") as readonly Objective[],
    algorithm: decodedIn(document, "algorithm") as AlgorithmSetting,
    seed: numberIn(document, "seed"),
    total: optionalNumber(document, "total"),
    maxTrials: optionalNumber(document, "maxTrials"),
    position: numberIn(document, "position"),
    nextNumber: numberIn(document, "nextNumber"),
    code: optionalText(document, "code"),
    metadata: (decodedIn(document, "metadata") ?? {}) as PlainMap,
  };
}

export function toTrial(document: Document): Trial {
  return {
    id: textIn(document, "id"),
    number: numberIn(document, "number"),
    status: parseTrialStatus(textIn(document, "status")),
    attempt: numberIn(document, "attempt"),
    params: decodedIn(document, "params") as PlainMap,
    results: (decodedIn(document, "results") ?? null) as PlainMap | null,
    error: (decodedIn(document, "error") ?? null) as TrialError | null,
    seed: numberIn(document, "seed"),
    run: optionalText(document, "run"),
    worker: optionalText(document, "worker"),
    createdAt: textIn(document, "createdAt"),
    startedAt: optionalText(document, "startedAt"),
    endedAt: optionalText(document, "endedAt"),
    durationMs: optionalNumber(document, "durationMs"),
    metrics: (decodedIn(document, "metrics") ?? {}) as Readonly<Record<string, number>>,
  };
}

/** The last attempt of a trial; undefined when none was started since the trial was new. */
export function lastAttempt(trial: Document): Attempt | undefined {
  if (trial["startedAt"] === undefined) return undefined;
  const isHeld = trial["status"] === "reserved" && !holderCheck()(textIn(trial, "holder"));
  const open = isHeld ? "reserved" : "lost";
  return toAttempt({ ...trial, status: trial["outcome"] ?? open });
}

/** An attempt from its own document. */
export function toAttempt(document: Document): Attempt {
  const status = textIn(document, "status");
  return {
    attempt: numberIn(document, "attempt"),
    status: status === "lost" ? "lost" : parseTrialStatus(status),
    startedAt: optionalText(document, "startedAt"),
    endedAt: optionalText(document, "endedAt"),
    durationMs: optionalNumber(document, "durationMs"),
    worker: optionalText(document, "worker"),
    run: optionalText(document, "run"),
    results: (decodedIn(document, "results") ?? null) as PlainMap | null,
    error: (decodedIn(document, "error") ?? null) as TrialError | null,
  };
}

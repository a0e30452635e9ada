import { AssayError } from "../errors/assay-error.ts";
import type { Objective } from "./objective.ts";
import type { TrialStatus } from "./status.ts";

/** An algorithm by name with its settings, as an experiment stores it. */
export interface AlgorithmSetting {
  readonly name: string;
  readonly [option: string]: unknown;
}

/** A stored experiment. Times are ISO 8601 in UTC. */
export interface Experiment {
  /** 32 hexadecimal digits, random: an experiment that was overwritten has another one. */
  readonly id: string;
  /** The number under which everything of the experiment is stored; never used twice in a database. */
  readonly key: number;
  readonly name: string;
  readonly version: number;
  readonly createdAt: string;
  /** The canonical definition of the space (`spaceFromDefinition` rebuilds it). */
  readonly space: unknown;
  /** The hash of the space's canonical form. */
  readonly spaceHash: string;
  readonly objectives: readonly Objective[];
  readonly algorithm: AlgorithmSetting;
  /** What all random numbers of its trials derive from. */
  readonly seed: number;
  /** The number of trials in the space where it is finite and no free input needs a value, else null. */
  readonly total: number | null;
  readonly maxTrials: number | null;
  /** How far the space is registered: trials that the algorithm proposed lie below this position. */
  readonly position: number;
  /** The number that the next trial outside the grid gets. */
  readonly nextNumber: number;
  /** The hash of the code that ran it last, where it came from a file. */
  readonly code: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export type TrialCounts = Readonly<Record<TrialStatus, number>> & { readonly total: number | null };

/** The name and version that `name` or `name@2` names; without a version, the latest is meant. */
export function parseExperimentName(text: string): { name: string; version?: number } {
  const at = text.lastIndexOf("@");
  if (at < 0) return { name: checkedName(text) };
  const version = Number(text.slice(at + 1));
  if (!Number.isSafeInteger(version) || version < 1) {
    throw new AssayError(
      "INVALID_VALUE",
      `"${text}" does not name an experiment: after @ comes a version such as 2`,
      { details: { value: text } },
    );
  }
  return { name: checkedName(text.slice(0, at)), version };
}

const allowedName = /^[\p{L}\p{N}_][\p{L}\p{N}_ .:/+-]*$/u;

/** The name itself when it may name an experiment, else `INVALID_VALUE`. */
export function checkedName(name: string): string {
  if (allowedName.test(name) && name.length <= 200 && name.trim() === name) return name;
  throw new AssayError(
    "INVALID_VALUE",
    `"${name}" cannot name an experiment: letters, digits, _ - . : / + and spaces inside, at most 200`,
    { details: { value: name } },
  );
}

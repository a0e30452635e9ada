import { randomBytes } from "node:crypto";
import { canonicalText, hashText, shortHash } from "../values/canonical.ts";

/** A new experiment's id: 16 random bytes as 32 hexadecimal digits. */
export function newExperimentId(): string {
  return randomBytes(16).toString("hex");
}

/**
 * The content key of a trial: the hash of its canonical parameters and its occurrence (0 for the first trial
 * with these parameters, 1 for its first repeat). Equal in every database that has the same trial.
 */
export function contentKey(params: unknown, occurrence: number): string {
  return shortHash(`${canonicalText(params)}#${String(occurrence)}`);
}

/** The id of a trial: 16 bytes of a hash as 32 hexadecimal digits. */
export function trialId(experimentId: string, key: string): string {
  return shortHash(`${experimentId}/${key}`);
}

/** The identity of code, 64 hexadecimal digits: its normal source and the versions of what it imports. */
export function codeHash(source: string, packages: Readonly<Record<string, string>>): string {
  const versions = Object.keys(packages)
    .sort()
    .map((name) => [name, packages[name]]);
  return hashText(JSON.stringify([source, versions]));
}

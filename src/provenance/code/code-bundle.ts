import { codeHash } from "../../model/identity.ts";

/**
 * The code of an experiment in its stored, normal form: no path of the machine that bundled it is in it,
 * so two clones of a project in different folders have the same bundle.
 */
export interface CodeBundle {
  /** SHA-256 of the source and the versions of the packages, 64 hexadecimal digits. */
  readonly hash: string;
  /** One ES module with placeholders for what differs between machines. */
  readonly source: string;
  /** Source map, version 3, as JSON; sources relative to the root, with their content. */
  readonly sourceMap: string;
  /** The experiment file, relative to the root, with forward slashes. */
  readonly entry: string;
  /**
   * The version of every imported package. The key is its name, or its folder relative to the root where
   * the name means another package to the experiment file than to the file that imports it.
   */
  readonly packages: Readonly<Record<string, string>>;
  /** The files that were bundled, relative to the root, with forward slashes, sorted. */
  readonly inputs: readonly string[];
}

/** True for data that is a whole bundle whose hash is that of its code. */
export function isCodeBundle(value: unknown): value is CodeBundle {
  if (typeof value !== "object" || value === null) return false;
  const { hash, source, sourceMap, entry, packages, inputs } = value as Partial<CodeBundle>;
  return (
    typeof source === "string" &&
    typeof sourceMap === "string" &&
    typeof entry === "string" &&
    typeof packages === "object" &&
    Array.isArray(inputs) &&
    hash === codeHash(source, packages)
  );
}

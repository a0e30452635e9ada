import type { Document } from "../../database/contract.ts";
import { codeHash } from "../../model/identity.ts";
import { isPlainObject } from "../../values/plain.ts";
import type { Finding } from "./findings.ts";
import { bundleOf } from "../code.ts";
import { shown, unlessCorrupt } from "./stored-values.ts";

/** A stored bundle: whether it is the code of its hash. */
export function* checkCode(document: Document): Generator<Finding, void> {
  const { hash } = document;
  const problem = (message: string): Finding => ({ invariant: "code", message });
  const bundle = unlessCorrupt(() => bundleOf(document));
  if (!isPlainObject(bundle)) {
    yield problem(`The bundle ${shown(hash)} cannot be read`);
    return;
  }
  const { source, packages } = bundle;
  const isCode = typeof source === "string" && isVersions(packages);
  if (!isCode || codeHash(source, packages) !== hash) {
    yield problem(`The bundle ${shown(hash)} is not the code of this hash`);
  }
}

function isVersions(value: unknown): value is Readonly<Record<string, string>> {
  return (
    isPlainObject(value) && Object.values(value).every((version) => typeof version === "string")
  );
}

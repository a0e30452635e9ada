import type { Document } from "../../contract.ts";

/** Splits documents, in their order, where the next one has other fields or has them in another order. */
export function* runsAlike(documents: readonly Document[]): Generator<readonly Document[]> {
  let from = 0;
  let fields = Object.keys(documents[0] ?? {});
  for (let i = 1; i < documents.length; i += 1) {
    const others = Object.keys(documents[i] ?? {});
    if (isSame(fields, others)) continue;
    yield documents.slice(from, i);
    from = i;
    fields = others;
  }
  if (from < documents.length) yield documents.slice(from);
}

/** Whether these are the same fields in the same order. */
export function isSame(fields: readonly string[], others: readonly string[]): boolean {
  return fields.length === others.length && fields.every((field, i) => field === others[i]);
}

import { ServerTime, type Change } from "../../contract.ts";
import { claimMark, storedField } from "./field-names.ts";
import type { Layout } from "./layout.ts";

/** An update of MongoDB: by operators, or a pipeline where the server's time is part of it. */
export type Update = Record<string, Record<string, unknown>> | Record<string, unknown>[];

/** The server's time in milliseconds, plus an offset, as part of a pipeline. */
function serverMs(offsetMs: number): unknown {
  return { $add: [{ $toLong: "$$NOW" }, offsetMs] };
}

/**
 * A change as an update that the server makes by itself; undefined when it takes more: appending, adding to a
 * field that is no declared number or is set in the same change, a time in a field that nobody declared.
 * `INVALID_VALUE` when a value cannot be stored.
 */
export function toUpdate(change: Change, layout: Layout): Update | undefined {
  const { fields } = layout;
  const set = new Map<string, unknown>();
  const unset = new Set((change.unset ?? []).map((field) => storedField(field, fields)));
  const increment = new Map<string, number>();
  let isTimed = false;
  let isBeyond = Object.keys(change.append ?? {}).length > 0;
  for (const [field, value] of Object.entries(change.set ?? {})) {
    if (value === undefined) continue;
    const stored = storedField(field, fields);
    const isTime = value instanceof ServerTime;
    isTimed ||= isTime;
    if (isTime && fields[field] !== "real" && fields[field] !== "integer") isBeyond = true;
    const native = isTime ? value : layout.toStoredValue(field, value);
    if (native === undefined) unset.add(stored);
    else {
      unset.delete(stored);
      set.set(stored, native);
    }
  }
  for (const [field, amount] of Object.entries(change.increment ?? {})) {
    const stored = storedField(field, fields);
    const isNumber = fields[field] === "integer" || fields[field] === "real";
    if (!isNumber || set.has(stored) || unset.has(stored)) isBeyond = true;
    increment.set(stored, amount);
  }
  if (isBeyond) return undefined;
  return isTimed ? toPipeline(set, unset, increment) : toOperators(set, unset, increment);
}

function toOperators(
  set: ReadonlyMap<string, unknown>,
  unset: ReadonlySet<string>,
  increment: ReadonlyMap<string, number>,
): Update {
  const update: Record<string, Record<string, unknown>> = {};
  if (set.size > 0) update["$set"] = Object.fromEntries(set);
  update["$unset"] = Object.fromEntries([...unset, claimMark].map((name) => [name, 1]));
  if (increment.size > 0) update["$inc"] = Object.fromEntries(increment);
  return update;
}

function toPipeline(
  set: ReadonlyMap<string, unknown>,
  unset: ReadonlySet<string>,
  increment: ReadonlyMap<string, number>,
): Update {
  const stage: Record<string, unknown> = {};
  for (const [name, value] of set) {
    stage[name] = value instanceof ServerTime ? serverMs(value.offsetMs) : { $literal: value };
  }
  for (const [name, amount] of increment) {
    stage[name] = { $add: [{ $ifNull: [`$${name}`, 0] }, amount] };
  }
  return [{ $set: stage }, { $unset: [...unset, claimMark] }];
}

/** The update with the mark of a claim. */
export function marking(update: Update, mark: string): Update {
  if (Array.isArray(update)) return [...update, { $set: { [claimMark]: { $literal: mark } } }];
  const { [claimMark]: _, ...unset } = update["$unset"] ?? {};
  const { $unset: __, ...rest } = update;
  const marked = { ...rest, $set: { ...update["$set"], [claimMark]: mark } };
  return Object.keys(unset).length === 0 ? marked : { ...marked, $unset: unset };
}

/**
 * The update of an upsert that can only fail where it finds nothing: what it would insert has an `_id` that no
 * document may have. So each of many updates in one command tells whether it found its document.
 */
export function telling(update: Update): Update {
  if (Array.isArray(update)) {
    return [...update, { $set: { _id: { $ifNull: ["$_id", [impossible]] } } }];
  }
  return { ...update, $setOnInsert: { _id: [impossible] } };
}

const impossible = "assay";

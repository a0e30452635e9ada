import type { BatchOutcome, Operation, OperationResult } from "../../contract.ts";
import type { KeyedClaim } from "./claiming.ts";
import type { CollectionOperations } from "./operations.ts";
import type { Prepared, PreparedInsert } from "./preparing.ts";
import type { SingleUpdate } from "./updating.ts";

/** One operation of a batch, checked, with the collection that it is for. */
interface Step {
  readonly place: number;
  readonly operation: Operation;
  readonly prepared: Prepared;
  readonly collection: CollectionOperations;
}

const skipped: OperationResult = { count: 0, documents: [] };

/**
 * Carries out a batch: every operation for itself, in order. Operations of different units are not in an
 * order among each other; those whose turn it is go to the server together.
 */
export async function applyBatch(
  operations: readonly Operation[],
  of: (collection: string) => CollectionOperations,
): Promise<BatchOutcome> {
  const steps: Step[] = [];
  for (const [place, operation] of operations.entries()) {
    const collection = of(operation.collection);
    steps.push({ place, operation, prepared: await collection.prepare(operation), collection });
  }
  const results: OperationResult[] = [];
  for (const part of partsOf(steps)) {
    for (const round of roundsOf(part)) {
      const wanted = round.filter(({ operation: { after } }) => {
        return after === undefined || (results[after]?.count ?? 0) > 0;
      });
      for (const { place } of round) results[place] = skipped;
      for (const [place, result] of await together(wanted)) results[place] = result;
      const failed = round.find(({ operation, place }) => {
        return operation.required === true && results[place]?.count === 0;
      });
      if (failed !== undefined) return { applied: false, failedAt: failed.place };
    }
  }
  return { applied: true, results };
}

/** Operations that belong to units, as far as they follow each other; every other one by itself. */
function partsOf(steps: readonly Step[]): Step[][] {
  const parts: Step[][] = [];
  let isOpen = false;
  for (const step of steps) {
    const { unit, required } = step.operation;
    const isFree = unit !== undefined && required !== true;
    if (isFree && isOpen) parts.at(-1)?.push(step);
    else parts.push([step]);
    isOpen = isFree;
  }
  return parts;
}

/** The first operations of all units, then the second ones, and so on. */
function roundsOf(part: readonly Step[]): Step[][] {
  const rounds: Step[][] = [];
  const next = new Map<string | number | undefined, number>();
  for (const step of part) {
    const round = next.get(step.operation.unit) ?? 0;
    next.set(step.operation.unit, round + 1);
    (rounds[round] ??= []).push(step);
  }
  return rounds;
}

type Outcome = readonly [place: number, result: OperationResult];

/** Carries out operations that need not wait for each other, with as few commands as may be. */
async function together(steps: readonly Step[]): Promise<readonly Outcome[]> {
  const collections = new Set(steps.map(({ collection }) => collection));
  const outcomes = await Promise.all(
    [...collections].map(async (collection) => {
      return await inCollection(
        collection,
        steps.filter((step) => step.collection === collection),
      );
    }),
  );
  return outcomes.flat();
}

async function inCollection(
  collection: CollectionOperations,
  steps: readonly Step[],
): Promise<readonly Outcome[]> {
  const [only] = steps;
  if (steps.length === 1 && only !== undefined) {
    return [[only.place, await collection.apply(only.prepared)]];
  }
  const inserts: { readonly place: number; readonly insert: PreparedInsert }[] = [];
  const updates: { readonly place: number; readonly update: SingleUpdate }[] = [];
  const claims: { readonly place: number; readonly claim: KeyedClaim }[] = [];
  const others: Step[] = [];
  for (const step of steps) {
    const { place, prepared } = step;
    const update = await collection.toSingle(prepared);
    const claim = await collection.toKeyedClaim(prepared);
    if (update !== undefined) updates.push({ place, update });
    else if (claim !== undefined) claims.push({ place, claim });
    else if (prepared.kind === "insert" && prepared.ifAbsent !== undefined) {
      inserts.push({ place, insert: prepared });
    } else others.push(step);
  }
  const [inserted, updated, claimed, ...rest] = await Promise.all([
    collection.insertAbsent(inserts.map(({ insert }) => insert)),
    collection.updateEach(updates.map(({ update }) => update)),
    collection.claimEach(claims.map(({ claim }) => claim)),
    ...others.map(async ({ place, prepared }): Promise<Outcome> => {
      return [place, await collection.apply(prepared)];
    }),
  ]);
  return [
    ...countsOf(inserts, inserted),
    ...countsOf(updates, updated.map(Number)),
    ...claims.map(({ place }, i): Outcome => {
      const documents = claimed[i] ?? [];
      return [place, { count: documents.length, documents }];
    }),
    ...rest,
  ];
}

function countsOf(
  places: readonly { readonly place: number }[],
  counts: readonly number[],
): Outcome[] {
  return places.map(({ place }, i) => [place, { count: counts[i] ?? 0, documents: [] }]);
}

import type { Database, Document } from "../database/contract.ts";
import type { Experiment } from "../model/experiment.ts";
import { contentKey, trialId } from "../model/identity.ts";
import type { Suggestion } from "../model/suggestion.ts";
import { deriveSeed } from "../util/random.ts";
import { encodeValue } from "../values/encode.ts";
import type { StorageContext } from "./context.ts";
import type { Cursor } from "./cursor.ts";

/** A claim that is made together with the trial. */
export interface Reservation {
  readonly holder: string;
  readonly availableAt: number;
}

/** The claim of a holder from now on; undefined without a holder. */
export async function reservationFor(
  { database, leaseMs }: StorageContext,
  holder: string | undefined,
): Promise<Reservation | undefined> {
  if (holder === undefined) return undefined;
  return { holder, availableAt: (await database.now()) + leaseMs };
}

/** The id that a suggested trial has, or will have. */
export function suggestedId(
  { id }: Pick<Experiment, "id">,
  { params, occurrence }: Pick<Suggestion, "params" | "occurrence">,
): string {
  return trialId(id, contentKey(params, occurrence));
}

/** The document of a new trial: open, or reserved under its first token. */
export function newTrialDocument(
  experiment: Pick<Experiment, "id" | "key" | "seed">,
  trial: Pick<Suggestion, "params" | "occurrence"> & { readonly number: number },
  { tokenBase }: Pick<Cursor, "tokenBase">,
  createdAt: string,
  reservation?: Reservation,
): Document {
  const { params, occurrence, number } = trial;
  return {
    experiment: experiment.key,
    number,
    id: suggestedId(experiment, trial),
    status: reservation === undefined ? "new" : "reserved",
    availableAt: reservation?.availableAt ?? 0,
    token: reservation === undefined ? tokenBase : tokenBase + 1,
    holder: reservation?.holder,
    params: encodeValue(params, "params"),
    occurrence,
    seed: deriveSeed(experiment.seed, number),
    attempt: 0,
    createdAt,
  };
}

/**
 * Those of some new reserved documents that are stored with their reservation, after `inserted` of them were:
 * the others were there before.
 */
export async function heldDocuments(
  database: Database,
  documents: readonly Document[],
  inserted: number,
): Promise<readonly Document[]> {
  if (inserted === documents.length) return documents;
  const ids = documents.map((document) => document["id"]);
  const stored = await database.read(
    "trials",
    { id: { $in: ids } },
    { select: ["id", "holder", "availableAt"] },
  );
  const reserved = new Map(stored.map(({ id, ...rest }) => [id, rest]));
  return documents.filter((document) => {
    const found = reserved.get(document["id"]);
    return (
      found?.["holder"] === document["holder"] && found?.["availableAt"] === document["availableAt"]
    );
  });
}

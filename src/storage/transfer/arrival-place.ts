import type { Document } from "../../database/contract.ts";
import { newExperimentId } from "../../model/identity.ts";
import { isPlainObject } from "../../values/plain.ts";
import { encodeValue } from "../../values/encode.ts";
import type { StorageContext } from "../context.ts";
import { nextCount } from "../counters.ts";
import { decodedIn, optionalNumber } from "../records.ts";
import { sweepDeleted } from "../sweep.ts";
import { isIdUsed } from "../used-ids.ts";
import { movedExperiment } from "./moved-documents.ts";
import type { SourceExperiment } from "./parts.ts";

/** What an experiment is to be in the database in which it arrives. */
export interface Destination {
  readonly name: string;
  readonly version: number;
  /** The experiment whose place it takes: that one is deleted in the same step. */
  readonly replaces?: { readonly key: number; readonly name: string };
}

/** The document under which an experiment arrives, without a name. */
export interface Place {
  readonly document: Document;
  /** Part of it came before, and was cut off. */
  readonly isResumed: boolean;
}

/**
 * The place of an experiment that arrives: the one where it was cut off, or a new one. It keeps its id where
 * none ever had it.
 */
export async function findPlace(
  context: StorageContext,
  source: SourceExperiment,
  { name }: Destination,
): Promise<Place> {
  const { database } = context;
  const begun = await database.read("experiments", { transfer: { $exists: true } }, { scan: true });
  const cutOff = begun.find((document) => {
    const transfer = document["name"] === undefined ? decodedIn(document, "transfer") : undefined;
    return isPlainObject(transfer) && transfer["of"] === source.id && transfer["name"] === name;
  });
  if (cutOff !== undefined) return { document: cutOff, isResumed: true };
  // Trials of one that was removed, by a process that was killed then, may have the ids of those that come.
  await sweepDeleted(context);
  const isTaken = await isIdUsed(database, source.id);
  const { name: _, ...fields } = movedExperiment(source.document);
  const document = {
    ...fields,
    id: isTaken ? newExperimentId() : source.id,
    key: await nextCount(context, "experiment"),
    // Nothing is given out before everything is here.
    position: 0,
    nextNumber: optionalNumber(source.document, "total") ?? 0,
    given: 0,
    transfer: encodeValue({ of: source.id, name }),
  };
  await database.write("experiments", document);
  return { document, isResumed: false };
}

import type { Document } from "../database/contract.ts";
import type { Experiment } from "../model/experiment.ts";
import { contentKey, trialId } from "../model/identity.ts";
import { deriveSeed } from "../util/random.ts";
import { encodeValue } from "../values/encode.ts";

/** A claim that is made together with the trial. */
export interface Reservation {
  readonly holder: string;
  readonly availableAt: number;
}

/** The document of a new trial: open, or reserved under its first token. */
export function newTrialDocument(
  experiment: Pick<Experiment, "id" | "key" | "seed">,
  suggestion: { readonly params: unknown; readonly occurrence: number; readonly number: number },
  { tokenBase }: { readonly tokenBase: number },
  createdAt: string,
  reservation?: Reservation,
): Document {
  const { params, occurrence, number } = suggestion;
  return {
    experiment: experiment.key,
    number,
    id: trialId(experiment.id, contentKey(params, occurrence)),
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

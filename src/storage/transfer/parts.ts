import type { Document } from "../../database/contract.ts";

/** The collections of what belongs to a trial. */
export type Belonging = "attempts" | "metrics" | "snapshots" | "artifacts" | "output";

/** What their unique indexes have behind the trial's number. */
export const belongings: Readonly<Record<Belonging, readonly string[]>> = {
  attempts: ["attempt"],
  metrics: ["attempt", "chunk"],
  snapshots: ["snapshot"],
  artifacts: ["name"],
  output: ["attempt", "part"],
};

export const belongingNames: readonly Belonging[] = [
  "attempts",
  "metrics",
  "snapshots",
  "artifacts",
  "output",
];

/** A trial with all that belongs to it, as documents. */
export interface TrialParts {
  readonly trial: Document;
  readonly belonging: Readonly<Record<Belonging, readonly Document[]>>;
}

/**
 * A piece of an experiment on its way. They come in this order: code and runs, then the trials by number, and
 * before them the contents that their snapshots, artifacts and results refer to, then the lock, and one end.
 *
 * The documents are those of the collections; their `experiment` is of where they come from.
 */
export type Part =
  | { readonly kind: "code" | "runs" | "blobs" | "locks"; readonly document: Document }
  | { readonly kind: "trials"; readonly records: readonly TrialParts[] }
  /** The experiment's document as it is when all of its trials were read. */
  | { readonly kind: "end"; readonly document: Document };

/** An experiment that can be moved. */
export interface SourceExperiment {
  readonly document: Document;
  readonly name: string;
  readonly version: number;
  readonly id: string;
  /** How many trials it has: while others write, about as many. */
  readonly trials: number;
}

/** Which of some trials, in the order of their numbers, are wanted. */
export type Wanted = (trials: readonly Document[]) => Promise<readonly Document[]>;

export const everyTrial: Wanted = (trials) => Promise.resolve(trials);

/** Where experiments come from: a storage or an archive. */
export interface TransferSource {
  readonly location: string;
  /** In the order in which they were created. */
  readonly experiments: readonly SourceExperiment[];
  /** Everything under an experiment; of the trials, those that are wanted. */
  parts(experiment: SourceExperiment, wanted: Wanted): AsyncGenerator<Part, void, undefined>;
  close(): Promise<void>;
}

export function noBelongings(): Record<Belonging, Document[]> {
  return { attempts: [], metrics: [], snapshots: [], artifacts: [], output: [] };
}

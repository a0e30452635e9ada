import type { Document } from "../../database/contract.ts";

/**
 * A trial as it arrives elsewhere. A reservation is of a worker that does not know the new place: it arrives
 * as interrupted, and an attempt that ran ends with it. Tokens are kept, so that none is used twice.
 */
export function movedTrial(trial: Document, now: string): Document {
  const { status, availableAt, startedAt, outcome } = trial;
  // Leases are measured by the clock of the database that they are in.
  if (status !== "reserved")
    return availableAt === undefined ? trial : { ...trial, availableAt: 0 };
  const { holder: _, ...rest } = trial;
  const isOpen = startedAt !== undefined && outcome === undefined;
  return {
    ...rest,
    status: "interrupted",
    availableAt: 0,
    ...(isOpen ? { endedAt: now, outcome: "interrupted" } : {}),
  };
}

/** A run as it arrives elsewhere: one that is still going on never says there how it ended. */
export function movedRun(run: Document): Document {
  return run["status"] === "running" ? { ...run, status: "lost" } : run;
}

/** An experiment as it leaves: without what means something only in its database. */
export function movedExperiment(experiment: Document): Document {
  const { key: _key, view: _view, transfer: _transfer, ...rest } = experiment;
  return rest;
}

import type { Snapshot } from "../model/trial.ts";

/** What `snapshots --json` prints of a snapshot. */
export interface SnapshotRow {
  readonly number: number;
  readonly label: string | null;
  readonly createdAt: string;
  /** The size of the stored state. */
  readonly bytes: number;
  readonly attempt: number;
  readonly state: unknown;
}

export function toSnapshotRow(snapshot: Snapshot): SnapshotRow {
  const { number, label, createdAt, bytes, attempt, state } = snapshot;
  return { number, label, createdAt, bytes, attempt, state };
}

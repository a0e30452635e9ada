import type { Document, Operation } from "../database/contract.ts";
import type { Snapshot, SnapshotInfo } from "../model/trial.ts";
import { decodeValue } from "../values/decode.ts";
import { encodeValue } from "../values/encode.ts";
import { keepBlob, readBlob, toChunks } from "./blobs.ts";
import { timestamp, type StorageContext } from "./context.ts";
import type { Lease } from "./leases.ts";
import { decodedIn, numberIn, optionalNumber, optionalText, textIn } from "./records.ts";
import { trialDocument, writableTrial } from "./trial-documents.ts";

/** A snapshot with what a resumed attempt needs besides its state. */
export interface StoredSnapshot<State = unknown> extends Snapshot<State> {
  /** How many metric points the attempt had reported when it was saved. */
  readonly points: number;
  /** The last value of each metric then. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The state of the trial's random generator then; undefined when it was saved from outside. */
  readonly random: unknown;
}

/** A snapshot whose state and generator are the texts of the codec that are stored: to be passed on as they are. */
export interface EncodedSnapshot extends Omit<StoredSnapshot, "state" | "random"> {
  readonly state: string;
  readonly random: string | undefined;
}

export interface SaveSnapshotOptions {
  /** Makes the write conditional: `LEASE_LOST` when the trial is no longer held under it. */
  readonly lease?: Lease;
  /** How many points the attempt has reported, and their last values. Without a lease: what is stored of it. */
  readonly points?: number;
  readonly metrics?: Readonly<Record<string, number>>;
  readonly random?: unknown;
  /** The state is a text that `encodeValue` made already. */
  readonly isEncoded?: boolean;
}

export interface SnapshotStore {
  /**
   * Saves a state of a trial. With the lease of a worker it is `LEASE_LOST` when the trial is no longer
   * held under it; without one it is an administrative change.
   * @param state anything that the codec stores
   * @returns the snapshot's number, from 1 within the trial
   */
  saveSnapshot(
    trialId: string,
    state: unknown,
    label?: string,
    options?: SaveSnapshotOptions,
  ): Promise<number>;
  latestSnapshot(trialId: string): Promise<StoredSnapshot | undefined>;
  /** All snapshots of a trial with their states, newest first. */
  getSnapshots(trialId: string): Promise<StoredSnapshot[]>;
  /** As `latestSnapshot` and `getSnapshots`, for who passes states on without looking at them. */
  latestEncodedSnapshot(trialId: string): Promise<EncodedSnapshot | undefined>;
  getEncodedSnapshots(trialId: string): Promise<EncodedSnapshot[]>;
  /** All snapshots of a trial without reading their states, newest first. */
  listSnapshots(trialId: string): Promise<SnapshotInfo[]>;
}

export function createSnapshotStore(context: StorageContext): SnapshotStore {
  const { database } = context;

  async function toEncoded(document: Document): Promise<EncodedSnapshot> {
    const number = numberIn(document, "snapshot");
    const what = `snapshot ${String(number)} of trial number ${String(document["number"])}`;
    const experiment = numberIn(document, "experiment");
    const content = await readBlob(context, experiment, textIn(document, "sha256"), what);
    return {
      ...toInfo(document),
      points: optionalNumber(document, "points") ?? 0,
      metrics: (decodedIn(document, "metrics") ?? {}) as StoredSnapshot["metrics"],
      random: optionalText(document, "random") ?? undefined,
      state: content.toString("utf8"),
    };
  }

  return {
    async saveSnapshot(trialId, state, label, { lease, points, metrics, random, isEncoded } = {}) {
      const text = isEncoded === true ? (state as string) : encodeValue(state, "state");
      const content = Buffer.from(text, "utf8");
      for (;;) {
        const trial = await writableTrial(context, trialId, lease);
        const experiment = numberIn(trial, "experiment");
        const last = optionalNumber(trial, "snapshots") ?? 0;
        const snapshot = last + 1;
        const { blob, documents } = toChunks(experiment, content);
        const stored = lease === undefined ? trial["metrics"] : undefined;
        const held = lease === undefined ? {} : { token: lease.token, status: "reserved" };
        const operations: Operation[] = [
          {
            kind: "update",
            collection: "trials",
            query: { id: trial["id"], ...held, snapshots: last === 0 ? null : last },
            change: { set: { snapshots: snapshot } },
            required: true,
          },
          ...keepBlob(experiment, blob, documents, 1),
          {
            kind: "insert",
            collection: "snapshots",
            documents: [
              {
                experiment,
                number: trial["number"],
                snapshot,
                attempt: trial["attempt"],
                label,
                createdAt: timestamp(context),
                ...blob,
                points: points ?? (lease === undefined ? await countPoints(trial) : 0),
                metrics: metrics === undefined ? stored : encodeValue(metrics),
                random: random === undefined ? undefined : encodeValue(random),
              },
            ],
          },
        ];
        const outcome = await database.batch(operations);
        if (outcome.applied) return snapshot;
        if (outcome.isRepeated === true && (await isStored(operations))) return snapshot;
      }
    },

    async latestSnapshot(trialId) {
      const encoded = await latest(trialId);
      return encoded === undefined ? undefined : decoded(encoded);
    },

    async getSnapshots(trialId) {
      return (await all(trialId)).map(decoded);
    },

    latestEncodedSnapshot: latest,
    getEncodedSnapshots: all,

    async listSnapshots(trialId) {
      return (await documentsOf(trialId)).map(toInfo);
    },
  };

  /** Whether the snapshot that a batch inserts is stored: its first try did it, before the connection was lost. */
  async function isStored(operations: readonly Operation[]): Promise<boolean> {
    const last = operations.at(-1);
    const [wanted] = last?.kind === "insert" ? last.documents : [];
    if (wanted === undefined) return false;
    const { experiment, number, snapshot } = wanted;
    const [stored] = await database.read("snapshots", { experiment, number, snapshot });
    return ["sha256", "createdAt"].every((field) => stored?.[field] === wanted[field]);
  }

  /** How many metric points the last attempt of a trial has stored. */
  async function countPoints({ experiment, number, attempt }: Document): Promise<number> {
    const [last] = await database.read(
      "metrics",
      { experiment, number, attempt },
      { sort: [{ field: "chunk", descending: true }], limit: 1, select: ["before", "count"] },
    );
    return last === undefined ? 0 : (optionalNumber(last, "before") ?? 0) + numberIn(last, "count");
  }

  async function latest(trialId: string): Promise<EncodedSnapshot | undefined> {
    const [document] = await documentsOf(trialId, 1);
    return document === undefined ? undefined : await toEncoded(document);
  }

  async function all(trialId: string): Promise<EncodedSnapshot[]> {
    const snapshots: EncodedSnapshot[] = [];
    for (const document of await documentsOf(trialId)) snapshots.push(await toEncoded(document));
    return snapshots;
  }

  /** Newest first. */
  async function documentsOf(trialId: string, limit = Infinity): Promise<Document[]> {
    const { experiment, number } = await trialDocument(context, trialId);
    const sort = [{ field: "snapshot", descending: true }];
    const options = limit === Infinity ? { sort } : { sort, limit };
    return await database.read("snapshots", { experiment, number }, options);
  }
}

function decoded({ state, random, ...rest }: EncodedSnapshot): StoredSnapshot {
  return {
    ...rest,
    random: random === undefined ? undefined : decodeValue(random),
    state: decodeValue(state),
  };
}

function toInfo(document: Document): SnapshotInfo {
  return {
    number: numberIn(document, "snapshot"),
    label: optionalText(document, "label"),
    attempt: numberIn(document, "attempt"),
    createdAt: textIn(document, "createdAt"),
    bytes: numberIn(document, "bytes"),
  };
}

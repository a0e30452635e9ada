import type { Document, Operation, Query } from "../database/contract.ts";
import { AssayError } from "../errors/assay-error.ts";
import { didYouMean } from "../util/nearest.ts";
import { keepBlob, readBlob, releaseBlob, toChunks } from "./blobs.ts";
import { timestamp, type StorageContext } from "./context.ts";
import { isLargeResults } from "./large-results.ts";
import type { Lease } from "./leases.ts";
import { numberIn, textIn } from "./records.ts";
import { trialDocument, writableTrial } from "./trial-documents.ts";

/** A named file or blob of a trial. */
export interface Artifact {
  readonly name: string;
  readonly attempt: number;
  readonly createdAt: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface ArtifactStore {
  /**
   * Keeps content under a name of a trial; the same name again replaces it. Throws `NOT_FOUND` when there is
   * no such trial, and `INVALID_VALUE` for a name that begins with "$"; with a worker's lease, `LEASE_LOST`
   * when the trial is no longer held under it.
   */
  saveArtifact(trialId: string, name: string, data: Uint8Array, lease?: Lease): Promise<Artifact>;
  /** The artifacts of a trial by name, without their content. Throws `NOT_FOUND`. */
  getArtifacts(trialId: string): Promise<Artifact[]>;
  /** The content of an artifact. `NOT_FOUND`, or `CORRUPT` when it is not what was written. */
  readArtifact(trialId: string, name: string): Promise<Buffer>;
}

function checkName(name: string): void {
  if (!name.startsWith("$")) return;
  throw new AssayError(
    "INVALID_VALUE",
    `An artifact's name does not begin with "$", as "${name}" does`,
    {
      details: { name },
    },
  );
}

function inserted(document: Document): Operation {
  return {
    kind: "insert",
    collection: "artifacts",
    documents: [document],
    ifAbsent: true,
    required: true,
  };
}

/** Replaces an artifact that is as it was read. */
function changed(query: Query, document: Document): Operation {
  return {
    kind: "update",
    collection: "artifacts",
    query,
    change: { set: document },
    required: true,
  };
}

export function createArtifactStore(context: StorageContext): ArtifactStore {
  const { database } = context;

  function toArtifact(document: Document): Artifact {
    return {
      name: textIn(document, "name"),
      attempt: numberIn(document, "attempt"),
      createdAt: textIn(document, "createdAt"),
      bytes: numberIn(document, "bytes"),
      sha256: textIn(document, "sha256"),
    };
  }

  /** The artifacts of a trial by name. */
  async function artifactsOf(experiment: unknown, number: unknown): Promise<Artifact[]> {
    const sort = [{ field: "name" }];
    const documents = await database.read("artifacts", { experiment, number }, { sort });
    return documents.filter(({ name }) => !isLargeResults(name)).map(toArtifact);
  }

  return {
    async saveArtifact(trialId, name, data, lease) {
      checkName(name);
      for (;;) {
        const { experiment, number, attempt } = await writableTrial(context, trialId, lease);
        const { blob, documents } = toChunks(experiment as number, data);
        const key = { experiment, number, name };
        const document = { ...key, attempt, createdAt: timestamp(context), ...blob };
        const held = lease === undefined ? {} : { token: lease.token, status: "reserved" };
        const before: Operation[] = [
          {
            kind: "update",
            collection: "trials",
            query: { id: trialId, ...held },
            change: { increment: { token: 0 } },
            required: true,
          },
          ...keepBlob(experiment as number, blob, documents, 1),
        ];
        const [replaced] = await database.read("artifacts", key, { select: ["sha256"] });
        const place = before.length;
        const outcome = await database.batch(
          replaced === undefined
            ? [...before, inserted(document)]
            : [
                ...before,
                changed({ ...key, sha256: replaced["sha256"] }, document),
                ...releaseBlob(context, { ...replaced, experiment }, place, place + 1),
              ],
        );
        // Otherwise the trial went to somebody else, or somebody else saved this artifact at the same time.
        if (outcome.applied) return toArtifact(document);
      }
    },

    async getArtifacts(trialId) {
      const { experiment, number } = await trialDocument(context, trialId);
      return await artifactsOf(experiment, number);
    },

    async readArtifact(trialId, name) {
      const { experiment, number } = await trialDocument(context, trialId);
      const [document] = await database.read("artifacts", { experiment, number, name });
      if (document === undefined || isLargeResults(name)) {
        const names = (await artifactsOf(experiment, number)).map((artifact) => artifact.name);
        const there = names.length === 0 ? "" : ` (${names.join(", ")})`;
        throw new AssayError(
          "NOT_FOUND",
          `Trial ${trialId} has no artifact "${name}"${didYouMean(name, names)}${there}`,
          { details: { id: trialId, name, accepted: names } },
        );
      }
      const what = `artifact "${name}" of trial ${trialId}`;
      return await readBlob(context, experiment as number, textIn(document, "sha256"), what);
    },
  };
}

import { AssayError, toErrorData } from "../errors/assay-error.ts";
import type { ClaimedTrial } from "../storage/leases.ts";
import type { EncodedSnapshot } from "../storage/snapshots.ts";
import type { Storage } from "../storage/storage.ts";
import { leaseLost } from "../storage/trial-documents.ts";
import { decodeValue } from "../values/decode.ts";
import { encodeValue } from "../values/encode.ts";
import type { Journal } from "./journal.ts";
import type { MetricChunks } from "./metric-chunks.ts";
import type { Reply, TrialRequest } from "./protocol.ts";

/**
 * Answers what a running trial asks of the storage. All that it reported before is committed first, so that
 * an answer means that everything up to it is kept.
 */
export async function answerRequest(
  storage: Storage,
  journal: Journal,
  metrics: MetricChunks,
  trial: ClaimedTrial,
  call: TrialRequest,
): Promise<Reply> {
  try {
    await journal.flush();
    if (journal.isStale(trial)) throw leaseLost(trial.id);
    return { ok: true, value: await answer(storage, journal, metrics, trial, call) };
  } catch (error) {
    return { ok: false, error: toErrorData(error) };
  }
}

async function answer(
  storage: Storage,
  journal: Journal,
  metrics: MetricChunks,
  trial: ClaimedTrial,
  call: TrialRequest,
): Promise<unknown> {
  switch (call.method) {
    case "flush":
      return undefined;
    case "saveSnapshot": {
      const { state, random, label, points } = call;
      return await storage.saveSnapshot(trial.id, state, label, {
        lease: trial,
        points,
        metrics: metrics.last(trial),
        random: decodeValue(random),
        isEncoded: true,
      });
    }
    case "latestSnapshot": {
      const snapshot = await storage.latestEncodedSnapshot(trial.id);
      if (snapshot === undefined) return undefined;
      if (snapshot.attempt <= trial.attempt) {
        const from = { attempt: snapshot.attempt, points: snapshot.points };
        metrics.resume(trial, snapshot.metrics);
        journal.add({ kind: "resumed", trial, from, last: encodeValue(metrics.last(trial)) });
      }
      return toSent(snapshot);
    }
    case "snapshots":
      return (await storage.getEncodedSnapshots(trial.id)).map(toSent);
    case "artifact":
      return await storage.saveArtifact(trial.id, call.name, call.data, trial);
    case "resultsOf": {
      const other = await storage.getTrial(call.id);
      if (other.results !== null) return encodeValue(other.results);
      throw new AssayError("NOT_FOUND", `Trial ${call.id} has no results: it is ${other.status}`, {
        details: { id: call.id, status: other.status },
      });
    }
  }
}

function toSent({ number, label, attempt, createdAt, state, random }: EncodedSnapshot) {
  return { number, label, attempt, createdAt, state, random };
}

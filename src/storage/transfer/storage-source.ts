import type { Database, Document } from "../../database/contract.ts";
import { AssayError } from "../../errors/assay-error.ts";
import { timestamp, type StorageContext } from "../context.ts";
import { numberIn, optionalText, textIn } from "../records.ts";
import { eachInOrder } from "../verify/in-order.ts";
import { contentOwners, contentsOf, damagedContent, RecentHashes } from "./contents.ts";
import { movedRun, movedTrial } from "./moved-documents.ts";
import type { Part, SourceExperiment, TransferSource, TrialParts, Wanted } from "./parts.ts";
import { eachTrialPage, readSettled } from "./trial-parts.ts";

/** The experiments of a storage, which others may go on writing to. */
export async function storageSource(context: StorageContext): Promise<TransferSource> {
  const { database } = context;
  const documents = await database.read(
    "experiments",
    { name: { $exists: true } },
    { sort: [{ field: "key" }], scan: true },
  );
  const experiments: SourceExperiment[] = [];
  for (const document of documents) {
    const trials = await database.count("trials", { experiment: numberIn(document, "key") });
    experiments.push(toSourceExperiment(document, trials));
  }
  return {
    location: database.location,
    experiments,
    parts: (experiment, wanted) => partsOf(context, experiment.document, wanted),
    close: () => Promise.resolve(),
  };
}

export function toSourceExperiment(document: Document, trials: number): SourceExperiment {
  return {
    document,
    name: textIn(document, "name"),
    version: numberIn(document, "version"),
    id: textIn(document, "id"),
    trials,
  };
}

async function* partsOf(
  context: StorageContext,
  experiment: Document,
  wanted: Wanted,
): AsyncGenerator<Part, void, undefined> {
  const { database } = context;
  const key = numberIn(experiment, "key");
  const seen = new RecentHashes();
  yield* runsAndCode(database, experiment);
  for await (const records of eachTrialPage(database, key, wanted)) {
    yield* withContents(context, key, records, seen);
  }
  const [lock] = await database.read("locks", { experiment: key });
  if (lock !== undefined) yield { kind: "locks", document: lock };
  yield { kind: "end", document: await readEnd(database, experiment) };
}

/** A page of trials behind their contents. */
async function* withContents(
  context: StorageContext,
  key: number,
  page: readonly TrialParts[],
  seen: RecentHashes,
): AsyncGenerator<Part, void, undefined> {
  const { database } = context;
  const records: TrialParts[] = [];
  for (const read of page) {
    let record: TrialParts | undefined = read;
    while (record !== undefined) {
      const contents = contentsOf(database, key, record, seen);
      let next = await contents.next();
      for (; next.done !== true; next = await contents.next()) {
        yield { kind: "blobs", document: next.value };
      }
      if (next.value === undefined) {
        records.push(record);
        break;
      }
      // An artifact that was replaced since it was read took its content with it.
      const again = await readSettled(database, key, numberIn(record.trial, "number"));
      if (again !== undefined && hasStill(again, next.value)) throw damagedContent(next.value);
      record = again;
    }
  }
  const now = timestamp(context);
  yield {
    kind: "trials",
    records: records.map(({ trial, belonging }) => ({ trial: movedTrial(trial, now), belonging })),
  };
}

function hasStill(record: TrialParts, owner: Document): boolean {
  return contentOwners(record).some(
    ({ sha256, snapshot, name }) =>
      sha256 === owner["sha256"] && snapshot === owner["snapshot"] && name === owner["name"],
  );
}

/** The code of an experiment and of its runs, and the runs. */
export async function* runsAndCode(
  database: Database,
  experiment: Document,
): AsyncGenerator<Part, void, undefined> {
  const seen = new Set<string>();
  const key = numberIn(experiment, "key");
  async function* code(document: Document): AsyncGenerator<Part, void, undefined> {
    const hash = optionalText(document, "code");
    if (hash === null || seen.has(hash)) return;
    seen.add(hash);
    for (const bundle of await database.read("code", { hash })) {
      yield { kind: "code", document: bundle };
    }
  }
  yield* code(experiment);
  const runs = eachInOrder(database, {
    collection: "runs",
    where: { experiment: key },
    by: ["number"],
    from: -Infinity,
    pageSize: 100,
  });
  for await (const run of runs) {
    yield* code(run);
    yield { kind: "runs", document: movedRun(run) };
  }
}

/**
 * How far the experiment is registered, for trials that were read since its document was. What was registered
 * meanwhile may be among them or not: the cursor from before is behind all that surely are. When it was moved
 * back, because trials were deleted, so it is at its start, from which what is missing comes again.
 */
async function readEnd(database: Database, before: Document): Promise<Document> {
  const [after] = await database.read("experiments", { key: numberIn(before, "key") });
  if (after?.["name"] === undefined) {
    throw new AssayError(
      "NOT_FOUND",
      `The experiment "${textIn(before, "name")}" was deleted while it was read`,
    );
  }
  const wasMovedBack =
    after["tokenBase"] !== before["tokenBase"] ||
    after["algorithm"] !== before["algorithm"] ||
    numberIn(after, "position") < numberIn(before, "position");
  return {
    ...after,
    position: wasMovedBack ? 0 : before["position"],
    nextNumber: before["nextNumber"],
    given: before["given"],
  };
}

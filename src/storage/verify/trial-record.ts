import type { Database, Document } from "../../database/contract.ts";
import { isPlainObject } from "../../values/plain.ts";
import { eachInOrder, type OrderedRead } from "./in-order.ts";
import { readStored } from "./stored-values.ts";

/** A chunk of metrics without its points. */
export interface MetricChunk {
  readonly attempt: unknown;
  readonly chunk: unknown;
  readonly count: unknown;
  readonly before: unknown;
  /** How many points were read; undefined when they cannot be. */
  readonly points: number | undefined;
}

/** Everything that is stored under one number of an experiment, but for contents. */
export interface TrialRecord {
  readonly number: number;
  /** Absent when there are only documents that belong to it. */
  readonly trial: Document | undefined;
  /** These are in their order. */
  readonly attempts: readonly Document[];
  readonly metrics: readonly MetricChunk[];
  readonly snapshots: readonly Document[];
  readonly artifacts: readonly Document[];
  readonly output: readonly Document[];
}

/** How each collection of a trial is read: the fields that follow experiment and number, and how many at a time. */
const collections = {
  trials: { by: [], pageSize: 500 },
  attempts: { by: ["attempt"], pageSize: 200 },
  // A chunk may hold many points, and a snapshot or an artifact has only a small document.
  metrics: { by: ["attempt", "chunk"], pageSize: 32 },
  snapshots: { by: ["snapshot"], pageSize: 500 },
  artifacts: { by: ["name"], pageSize: 500 },
  output: { by: ["attempt", "part"], pageSize: 32 },
} as const;

type TrialCollection = keyof typeof collections;

function reading(collection: TrialCollection, experiment: number): OrderedRead {
  const { by, pageSize } = collections[collection];
  return {
    collection,
    where: { experiment },
    by: ["number", ...by],
    from: -Infinity,
    pageSize,
  };
}

/** The documents of one collection, taken number by number. */
class NumberedDocuments<Item> {
  readonly #documents: AsyncIterator<Document, void>;
  readonly #toItem: (document: Document) => Item;
  #head: Document | undefined;
  #isRead = false;

  constructor(documents: AsyncIterator<Document, void>, toItem: (document: Document) => Item) {
    this.#documents = documents;
    this.#toItem = toItem;
  }

  /** The number of the next document; Infinity behind the last. */
  async next(): Promise<number> {
    if (!this.#isRead) {
      const { value } = await this.#documents.next();
      this.#head = value ?? undefined;
      this.#isRead = true;
    }
    return this.#head === undefined ? Infinity : (this.#head["number"] as number);
  }

  /** The next documents, as far as they have this number. */
  async take(number: number): Promise<Item[]> {
    const items: Item[] = [];
    while (this.#head !== undefined && (await this.next()) === number) {
      items.push(this.#toItem(this.#head));
      this.#isRead = false;
    }
    return items;
  }
}

/** Every number of an experiment that has a trial or something that belongs to one, in order. */
export async function* eachTrialRecord(
  database: Database,
  experiment: number,
): AsyncGenerator<TrialRecord, void, undefined> {
  const documents = <Item>(
    collection: TrialCollection,
    toItem: (document: Document) => Item,
  ): NumberedDocuments<Item> =>
    new NumberedDocuments(eachInOrder(database, reading(collection, experiment)), toItem);
  const trials = documents("trials", itself);
  const attempts = documents("attempts", itself);
  const metrics = documents("metrics", toMetricChunk);
  const snapshots = documents("snapshots", itself);
  const artifacts = documents("artifacts", itself);
  const output = documents("output", itself);
  for (;;) {
    const number = Math.min(
      await trials.next(),
      await attempts.next(),
      await metrics.next(),
      await snapshots.next(),
      await artifacts.next(),
      await output.next(),
    );
    if (number === Infinity) return;
    yield {
      number,
      trial: (await trials.take(number))[0],
      attempts: await attempts.take(number),
      metrics: await metrics.take(number),
      snapshots: await snapshots.take(number),
      artifacts: await artifacts.take(number),
      output: await output.take(number),
    };
  }
}

/** What is stored under one number now. */
export async function readTrialRecord(
  database: Database,
  experiment: number,
  number: number,
): Promise<TrialRecord> {
  const all = async (collection: TrialCollection): Promise<Document[]> => {
    const sort = collections[collection].by.map((field) => ({ field }));
    return await database.read(collection, { experiment, number }, { sort });
  };
  return {
    number,
    trial: (await all("trials"))[0],
    attempts: await all("attempts"),
    metrics: (await all("metrics")).map(toMetricChunk),
    snapshots: await all("snapshots"),
    artifacts: await all("artifacts"),
    output: await all("output"),
  };
}

function itself(document: Document): Document {
  return document;
}

function toMetricChunk(document: Document): MetricChunk {
  const { attempt, chunk, count, before } = document;
  return { attempt, chunk, count, before, points: countPoints(readStored(document, "points")) };
}

const columns = ["name", "step", "time", "value"];

/** How many points the columns of a chunk hold; undefined when they are not columns of one length. */
function countPoints(points: unknown): number | undefined {
  if (!isPlainObject(points) || !Array.isArray(points["names"])) return undefined;
  const lengths = new Set(
    columns.map((name) => {
      const column = points[name];
      return Array.isArray(column) ? column.length : undefined;
    }),
  );
  const [length] = lengths;
  return lengths.size === 1 ? length : undefined;
}

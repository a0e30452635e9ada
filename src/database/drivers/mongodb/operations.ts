import type { Filter as MongoFilter, UpdateFilter } from "mongodb";
import type {
  Document,
  Operation,
  OperationResult,
  Query,
  ReadAndWriteOperation,
  ReadOptions,
} from "../../contract.ts";
import { ServerTime } from "../../contract.ts";
import { parseQuery, type Condition } from "../../query.ts";
import { projected } from "../../rows.ts";
import { claimEach, claimMany, claimOne, type KeyedClaim } from "./claiming.ts";
import type { ServerFilter } from "./filter.ts";
import { toSort } from "./filter.ts";
import type { IndexCatalog } from "./index-catalog.ts";
import { insertAbsent, insertAll } from "./inserting.ts";
import type { Layout, Stored } from "./layout.ts";
import { prepare, type Prepared, type PreparedChange, type PreparedInsert } from "./preparing.ts";
import { Reading } from "./reading.ts";
import { pauseBefore, repeated } from "./repeat.ts";
import { Rewriting, type Found } from "./rewriting.ts";
import type { ServerClock } from "./server-clock.ts";
import type { ServerCollection } from "./server-collection.ts";
import { updateEach, type SingleUpdate } from "./updating.ts";

const noDocuments: readonly Document[] = [];

/** The operations of the contract on one collection. */
export class CollectionOperations {
  readonly indexes: IndexCatalog;
  readonly #collection: ServerCollection;
  readonly #layout: Layout;
  readonly #clock: ServerClock;
  readonly #reading: Reading;
  readonly #rewriting: Rewriting;

  constructor(
    collection: ServerCollection,
    layout: Layout,
    indexes: IndexCatalog,
    clock: ServerClock,
  ) {
    this.indexes = indexes;
    this.#collection = collection;
    this.#layout = layout;
    this.#clock = clock;
    this.#reading = new Reading(collection, layout);
    this.#rewriting = new Rewriting(collection, layout);
  }

  async read(query: Query, options: ReadOptions): Promise<Document[]> {
    const conditions = parseQuery(query);
    const filter = this.#reading.filter(conditions, await this.#timeFor(conditions));
    return await this.#reading.read(filter, options);
  }

  async count(query: Query): Promise<number> {
    const conditions = parseQuery(query);
    return await this.#reading.count(
      this.#reading.filter(conditions, await this.#timeFor(conditions)),
    );
  }

  /** Throws `INVALID_VALUE` or `INVALID_QUERY`. */
  async prepare(operation: Operation): Promise<Prepared> {
    return prepare(operation, this.#layout, await this.indexes.known());
  }

  /** Inserts of documents that may be there, in one command; how many of each operation were inserted. */
  async insertAbsent(inserts: readonly PreparedInsert[]): Promise<number[]> {
    const documents = inserts.flatMap((insert) => insert.documents);
    const inserted = await insertAbsent(this.#collection, documents, inserts[0]?.ifAbsent?.key);
    let place = 0;
    return inserts.map(({ documents: { length } }) => {
      place += length;
      return inserted.slice(place - length, place).filter(Boolean).length;
    });
  }

  /** A change of at most one document, if the server makes it by itself and can say whether it did. */
  async toSingle(prepared: Prepared): Promise<SingleUpdate | undefined> {
    if (prepared.kind !== "update" || !prepared.isSingle || prepared.mayBeForbidden) {
      return undefined;
    }
    const { conditions, update } = prepared;
    const filter = this.#reading.filter(conditions, await this.#timeFor(conditions));
    if (update === undefined || filter.residual.length > 0) return undefined;
    return filter.server === undefined ? undefined : { filter: filter.server, update };
  }

  /** A claim of at most one document by one unique field, if the server makes it by itself. */
  async toKeyedClaim(prepared: Prepared): Promise<KeyedClaim | undefined> {
    if (prepared.kind !== "readAndWrite" || prepared.options.limit === 0) return undefined;
    const { conditions, update, keyField, mayBeForbidden, options } = prepared;
    if (keyField === undefined || update === undefined || mayBeForbidden) return undefined;
    const filter = this.#reading.filter(conditions, await this.#timeFor(conditions));
    if (filter.server === undefined || filter.residual.length > 0) return undefined;
    const value = filter.server[keyField]?.["$eq"];
    return { field: keyField, value, filter: filter.server, update, select: options.select };
  }

  /** Claims of single documents, in few commands; what each got. */
  async claimEach(claims: readonly KeyedClaim[]): Promise<Document[][]> {
    const fields = [...new Set(claims.map(({ field }) => field))];
    const got = new Map<KeyedClaim, Document[]>();
    for (const field of fields) {
      const those = claims.filter((claim) => claim.field === field);
      const documents = await claimEach(this.#collection, this.#layout, those);
      for (const [i, claim] of those.entries()) got.set(claim, documents[i] ?? []);
    }
    return claims.map((claim) => got.get(claim) ?? []);
  }

  /** Changes of single documents in one command; whether each found its document. */
  async updateEach(updates: readonly SingleUpdate[]): Promise<boolean[]> {
    return await updateEach(this.#collection, updates);
  }

  async apply(prepared: Prepared): Promise<OperationResult> {
    switch (prepared.kind) {
      case "insert":
        return { count: await this.#insert(prepared), documents: noDocuments };
      case "remove":
        return { count: await this.#remove(prepared.conditions), documents: noDocuments };
      case "update":
        return { count: await this.#update(prepared), documents: noDocuments };
      case "readAndWrite": {
        const documents = await this.#readAndWrite(prepared, prepared.options);
        return { count: documents.length, documents };
      }
    }
  }

  async #insert(prepared: PreparedInsert): Promise<number> {
    const { documents, ifAbsent } = prepared;
    if (ifAbsent !== undefined) return (await this.insertAbsent([prepared]))[0] ?? 0;
    await insertAll(this.#collection, documents);
    return documents.length;
  }

  async #remove(conditions: readonly Condition[]): Promise<number> {
    const { server, residual } = this.#reading.filter(conditions, await this.#timeFor(conditions));
    if (server === undefined) return 0;
    const remove = async (filter: ServerFilter): Promise<number> => {
      const { deletedCount } = await repeated(
        async () => await this.#collection.deleteMany(filter as MongoFilter<Stored>),
      );
      return deletedCount;
    };
    if (residual.length === 0) return await remove(server);
    const found = await this.#reading.find({ server, residual }, {});
    const ids = found.map(({ stored }) => stored["_id"]);
    return await remove({ ...server, _id: { $in: ids } });
  }

  async #update(prepared: PreparedChange): Promise<number> {
    const { conditions, update, isSingle, mayBeForbidden } = prepared;
    const filter = this.#reading.filter(conditions, await this.#timeFor(conditions));
    const { server, residual } = filter;
    if (server === undefined) return 0;
    if (residual.length > 0 || update === undefined || (mayBeForbidden && !isSingle)) {
      return (await this.#rewrite(prepared, {})).length;
    }
    const { matchedCount } = await repeated(async () => {
      const [filter, change] = [server as MongoFilter<Stored>, update as UpdateFilter<Stored>];
      return isSingle
        ? await this.#collection.updateOne(filter, change)
        : await this.#collection.updateMany(filter, change);
    });
    return matchedCount;
  }

  async #readAndWrite(
    prepared: PreparedChange,
    options: Pick<ReadAndWriteOperation, "sort" | "limit" | "select">,
  ): Promise<readonly Document[]> {
    const { conditions, update, isSingle, mayBeForbidden } = prepared;
    const { limit = 1, select } = options;
    const { server, residual } = this.#reading.filter(conditions, await this.#timeFor(conditions));
    if (server === undefined || limit === 0) return [];
    const sort = toSort(options.sort ?? [], this.#layout.fields);
    const isOne = limit === 1 || isSingle;
    const isBeyond = residual.length > 0 || update === undefined || sort === undefined;
    if (isBeyond || (mayBeForbidden && !isOne)) {
      const changed = await this.#rewrite(prepared, { ...options, limit });
      return changed.map(({ document }) => projected(document, select));
    }
    const claim = { filter: server, update, sort, limit, select };
    return isOne
      ? await claimOne(this.#collection, this.#layout, claim)
      : await claimMany(this.#collection, this.#layout, this.#reading, claim);
  }

  /** Changes documents here, those that match until there are as many as wanted, and returns them as changed. */
  async #rewrite(
    { conditions, change, mayBeForbidden }: PreparedChange,
    { sort = [], limit = Infinity }: Pick<ReadOptions, "sort" | "limit">,
  ): Promise<readonly Found[]> {
    const done: Found[] = [];
    const ids = new Set<string>();
    for (let attempt = 0; ; attempt += 1) {
      const now = await this.#clock.now();
      const { server, residual } = this.#reading.filter(conditions, now);
      const matching = await this.#reading.find({ server, residual }, { sort });
      const left = matching.filter(({ stored }) => !ids.has(String(stored["_id"])));
      const next = left.slice(0, limit - done.length);
      if (next.length === 0) return done;
      const changed: readonly (Found | undefined)[] = mayBeForbidden
        ? await this.#rewriting.changeAll(next, change, now)
        : await Promise.all(
            next.map(async (one) => await this.#rewriting.change(one, change, now)),
          );
      for (const one of changed) {
        if (one === undefined) continue;
        done.push(one);
        ids.add(String(one.stored["_id"]));
      }
      if (changed.length === next.length && !changed.includes(undefined)) return done;
      await pauseBefore(attempt);
    }
  }

  /** The time that a query is asked at. */
  async #timeFor(conditions: readonly Condition[]): Promise<number> {
    const isTimed = conditions.some(({ operand }) => operand instanceof ServerTime);
    return isTimed ? await this.#clock.atLeast() : 0;
  }
}

import type { Filter as MongoFilter } from "mongodb";
import type { Document, ReadOptions, SortKey } from "../../contract.ts";
import { matchesDocument } from "../../match.ts";
import type { Condition } from "../../query.ts";
import { projected, sortRows } from "../../rows.ts";
import { toFilter, toSort, type Filter, type ServerFilter } from "./filter.ts";
import type { Layout, Stored } from "./layout.ts";
import type { Found } from "./rewriting.ts";
import type { ServerCollection } from "./server-collection.ts";

/** Documents a round trip. */
const batchSize = 1000;

/** How documents of a collection are found: by the server as far as it can, the rest decided here. */
export class Reading {
  readonly #collection: ServerCollection;
  readonly #layout: Layout;

  constructor(collection: ServerCollection, layout: Layout) {
    this.#collection = collection;
    this.#layout = layout;
  }

  filter(conditions: readonly Condition[], now: number): Filter {
    return toFilter(conditions, this.#layout.fields, now);
  }

  async read(filter: Filter, options: ReadOptions): Promise<Document[]> {
    const { select, sort = [] } = options;
    const isWhole = filter.residual.length > 0 || this.#toSort(sort) === undefined;
    const found = await this.#find(filter, options, isWhole ? undefined : select);
    return found.map(({ document }) => (isWhole ? projected(document, select) : document));
  }

  /** Whole documents, in order, with what the server knows them by. */
  async find(filter: Filter, options: Pick<ReadOptions, "sort" | "limit">): Promise<Found[]> {
    return await this.#find(filter, options, undefined, { _id: 1 });
  }

  /** What the server knows the first matches by, in the order that it can sort by itself. */
  async ids(server: ServerFilter, sort: Record<string, 1 | -1>, limit: number): Promise<unknown[]> {
    const found = await this.#collection
      .find(server as MongoFilter<Stored>, { projection: { _id: 1 }, limit, batchSize })
      .sort(sort)
      .toArray();
    return found.map(({ _id }) => _id);
  }

  async count({ server, residual }: Filter): Promise<number> {
    if (server === undefined) return 0;
    if (residual.length > 0) return (await this.#find({ server, residual }, {}, undefined)).length;
    return await this.#collection.countDocuments(server);
  }

  async #find(
    { server, residual }: Filter,
    { sort = [], limit = Infinity }: Pick<ReadOptions, "sort" | "limit">,
    select: readonly string[] | undefined,
    ids: { readonly _id?: 1 } = {},
  ): Promise<Found[]> {
    if (server === undefined || limit === 0) return [];
    const { fields } = this.#layout;
    const order = this.#toSort(sort);
    const isLimited = residual.length === 0 && order !== undefined && limit !== Infinity;
    const { _id, ...wanted } = this.#layout.projection(select);
    const projection = ids._id === 1 || _id === 1 ? wanted : { ...wanted, _id };
    const cursor = this.#collection.find(server as MongoFilter<Stored>, {
      projection:
        Object.keys(projection).length === 0 && select !== undefined ? { _id: 1 } : projection,
      batchSize: isLimited ? Math.min(limit, batchSize) : batchSize,
      ...(isLimited ? { limit } : {}),
      ...(order === undefined || sort.length === 0 ? {} : { sort: order }),
    });
    const found: Found[] = [];
    for await (const stored of cursor) {
      const document = this.#layout.fromStored(stored, select);
      if (residual.length > 0 && !matchesDocument(document, residual, fields)) continue;
      found.push({ stored, document });
      if (order !== undefined && found.length >= limit) break;
    }
    return order === undefined ? sortRows(found, sort, this.#layout.fields).slice(0, limit) : found;
  }

  #toSort(sort: readonly SortKey[]): Record<string, 1 | -1> | undefined {
    return toSort(sort, this.#layout.fields);
  }
}

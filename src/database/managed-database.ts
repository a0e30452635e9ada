import { AssayError } from "../errors/assay-error.ts";
import { didYouMean } from "../util/nearest.ts";
import type {
  BackendDescription,
  BatchOutcome,
  Change,
  CollectionDeclaration,
  Database,
  DatabaseDriver,
  Document,
  IndexDeclaration,
  Operation,
  OperationResult,
  Query,
  ReadOptions,
  ViewDeclaration,
} from "./contract.ts";
import { indexAnswers, indexName } from "./index-rule.ts";
import { parseQuery } from "./query.ts";

const nothing: OperationResult = { count: 0, documents: [] };
/** Lower case only: some backends do not tell it from upper case. */
const collectionName = /^(?!assay_|sqlite_)[a-z][a-z0-9_]*$/;

/**
 * A driver made safe to use: every argument is checked here once for all backends, a query that no index
 * answers is refused, and use after close is an error.
 */
export class ManagedDatabase implements Database {
  readonly #driver: DatabaseDriver;
  readonly #indexes = new Map<string, readonly IndexDeclaration[]>();
  #closed = false;

  constructor(driver: DatabaseDriver) {
    this.#driver = driver;
  }

  get location(): string {
    return this.#driver.location;
  }

  get capabilities(): Database["capabilities"] {
    return this.#driver.capabilities;
  }

  get warnings(): readonly string[] {
    return this.#driver.warnings ?? [];
  }

  async define(collections: readonly CollectionDeclaration[]): Promise<void> {
    const driver = this.#open();
    for (const { name } of collections) this.#checkName(name);
    await driver.define(collections);
    for (const { name } of collections) this.#indexes.delete(name);
  }

  async read(
    collection: string,
    query: Query = {},
    options: ReadOptions = {},
  ): Promise<Document[]> {
    const driver = this.#open();
    await this.#check(collection, query, options);
    return await driver.read(collection, query, options);
  }

  async count(
    collection: string,
    query: Query = {},
    options: { readonly scan?: boolean } = {},
  ): Promise<number> {
    const driver = this.#open();
    await this.#check(collection, query, options);
    return await driver.count(collection, query);
  }

  async write(
    collection: string,
    data: Document | readonly Document[] | Change,
    query?: Query,
    options: { readonly scan?: boolean } = {},
  ): Promise<number> {
    const operation: Operation =
      query === undefined
        ? { kind: "insert", collection, documents: Array.isArray(data) ? data : [data as Document] }
        : { kind: "update", collection, query, change: data as Change, ...options };
    return (await this.#one(operation)).count;
  }

  async remove(
    collection: string,
    query: Query,
    options: { readonly scan?: boolean } = {},
  ): Promise<number> {
    return (await this.#one({ kind: "remove", collection, query, ...options })).count;
  }

  async readAndWrite(
    collection: string,
    query: Query,
    change: Change,
    options: ReadOptions = {},
  ): Promise<Document[]> {
    const result = await this.#one({ kind: "readAndWrite", collection, query, change, ...options });
    return [...result.documents];
  }

  async batch(operations: readonly Operation[]): Promise<BatchOutcome> {
    const driver = this.#open();
    for (const [place, operation] of operations.entries()) {
      if (operation.after !== undefined && !(operation.after >= 0 && operation.after < place)) {
        throw new RangeError(
          `Operation ${String(place)} cannot come after ${String(operation.after)}`,
        );
      }
      const { collection } = operation;
      this.#checkName(collection);
      if (operation.kind !== "insert") {
        // To wait costs more than to check, and a batch may have thousands of operations.
        const indexes = this.#indexes.get(collection) ?? (await this.#indexesOf(collection));
        checkQuery(collection, operation.query, operation, indexes);
      }
      if ("change" in operation) checkChange(operation.change);
    }
    return await driver.apply(operations);
  }

  async ensureIndex(collection: string, index: IndexDeclaration): Promise<void> {
    const driver = this.#open();
    this.#checkName(collection);
    await driver.ensureIndex(collection, index);
    this.#indexes.delete(collection);
  }

  async indexInformation(collection: string): Promise<Readonly<Record<string, boolean>>> {
    this.#open();
    const indexes = await this.#indexesOf(collection);
    return Object.fromEntries(indexes.map((index) => [indexName(index), index.unique === true]));
  }

  async dropIndex(collection: string, name: string): Promise<void> {
    const driver = this.#open();
    const indexes = await this.#indexesOf(collection);
    const index = indexes.find((candidate) => indexName(candidate) === name);
    if (index === undefined) {
      const names = indexes.map(indexName);
      throw new AssayError(
        "NOT_FOUND",
        `No index "${name}" on "${collection}"${didYouMean(name, names)} (${names.join(", ")})`,
        { details: { collection, name, accepted: names } },
      );
    }
    await driver.dropIndex(collection, index);
    this.#indexes.delete(collection);
  }

  async replaceViews(views: readonly ViewDeclaration[], drop: readonly string[]): Promise<void> {
    await this.#open().replaceViews(views, drop);
  }

  async now(): Promise<number> {
    return await this.#open().now();
  }

  async check(): Promise<readonly string[]> {
    return (await this.#open().check?.()) ?? [];
  }

  async describe(): Promise<BackendDescription | undefined> {
    return await this.#open().describe?.();
  }

  async backup(word: string): Promise<string | undefined> {
    return await this.#open().backup?.(word);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#driver.close();
  }

  async #one(operation: Operation): Promise<OperationResult> {
    const outcome = await this.batch([operation]);
    return outcome.applied ? (outcome.results[0] ?? nothing) : nothing;
  }

  #open(): DatabaseDriver {
    if (this.#closed) throw new AssayError("MODE", `The storage ${this.location} is closed`);
    return this.#driver;
  }

  #checkName(collection: string): void {
    if (collectionName.test(collection)) return;
    throw new AssayError(
      "INVALID_QUERY",
      `"${collection}" cannot name a collection: a lower-case letter, then letters, digits and _`,
      { details: { collection } },
    );
  }

  async #indexesOf(collection: string): Promise<readonly IndexDeclaration[]> {
    const known = this.#indexes.get(collection);
    if (known !== undefined) return known;
    const indexes = await this.#driver.indexes(collection);
    this.#indexes.set(collection, indexes);
    return indexes;
  }

  async #check(collection: string, query: Query, options: CheckedOptions): Promise<void> {
    this.#checkName(collection);
    checkQuery(collection, query, options, await this.#indexesOf(collection));
  }
}

type CheckedOptions = Pick<ReadOptions, "sort" | "limit" | "scan">;

function checkQuery(
  collection: string,
  query: Query,
  options: CheckedOptions,
  indexes: readonly IndexDeclaration[],
): void {
  checkLimit(options.limit);
  const conditions = parseQuery(query);
  if (options.scan === true) return;
  const sort = options.sort ?? [];
  if (indexes.some((index) => indexAnswers(index, conditions, sort))) return;
  const shape = conditions.map((c) => `${c.path} ${c.operator}`).join(", ") || "everything";
  const order = sort.length === 0 ? "" : ` in the order of ${sort.map((k) => k.field).join(", ")}`;
  throw new AssayError(
    "INVALID_QUERY",
    `No index of "${collection}" answers a query for ${shape}${order}; declare one, or pass scan`,
    { details: { collection, shape, accepted: indexes.map(indexName) } },
  );
}

function checkLimit(limit: number | undefined): void {
  if (limit === undefined || (Number.isSafeInteger(limit) && limit >= 0)) return;
  throw new RangeError(`A limit is a whole number from 0, got ${String(limit)}`);
}

function checkChange({ increment = {} }: Change): void {
  for (const [field, amount] of Object.entries(increment)) {
    if (Number.isFinite(amount)) continue;
    throw new RangeError(`"${field}" is incremented by a finite number, got ${String(amount)}`);
  }
}

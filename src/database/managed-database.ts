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
import { indexName } from "./index-rule.ts";
import { QueryCheck, type CheckedOptions } from "./query-check.ts";

const nothing: OperationResult = { count: 0, documents: [] };
/** Lower case only: some backends do not tell it from upper case. */
const collectionName = /^(?!assay_|sqlite_)[a-z][a-z0-9_]*$/;

/**
 * A driver made safe to use: every argument is checked here once for all backends, a query that no index
 * answers is refused, and use after close is an error.
 */
export class ManagedDatabase implements Database {
  readonly #driver: DatabaseDriver;
  readonly #checks = new Map<string, QueryCheck>();
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
    for (const { name } of collections) this.#checks.delete(name);
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
        const check = this.#checks.get(collection) ?? (await this.#checkOf(collection));
        check.check(operation.query, operation);
      }
      if ("change" in operation) checkChange(operation.change);
    }
    return await driver.apply(operations);
  }

  async ensureIndex(collection: string, index: IndexDeclaration): Promise<void> {
    const driver = this.#open();
    this.#checkName(collection);
    await driver.ensureIndex(collection, index);
    this.#checks.delete(collection);
  }

  async indexInformation(collection: string): Promise<Readonly<Record<string, boolean>>> {
    this.#open();
    const { indexes } = await this.#checkOf(collection);
    return Object.fromEntries(indexes.map((index) => [indexName(index), index.unique === true]));
  }

  async dropIndex(collection: string, name: string): Promise<void> {
    const driver = this.#open();
    const { indexes } = await this.#checkOf(collection);
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
    this.#checks.delete(collection);
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

  async #checkOf(collection: string): Promise<QueryCheck> {
    const known = this.#checks.get(collection);
    if (known !== undefined) return known;
    const check = new QueryCheck(collection, await this.#driver.indexes(collection));
    this.#checks.set(collection, check);
    return check;
  }

  async #check(collection: string, query: Query, options: CheckedOptions): Promise<void> {
    this.#checkName(collection);
    (await this.#checkOf(collection)).check(query, options);
  }
}

function checkChange({ increment = {} }: Change): void {
  for (const [field, amount] of Object.entries(increment)) {
    if (Number.isFinite(amount)) continue;
    throw new RangeError(`"${field}" is incremented by a finite number, got ${String(amount)}`);
  }
}

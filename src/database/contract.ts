/**
 * The database contract: what Assay asks of a backend, and all that it asks.
 *
 * Collections of documents, changed one document at a time by conditional writes. Storage's guarantees
 * rest on this page only, so that a new backend is one folder that passes the contract suite
 * (`assay/testing`). Which document a query matches is defined by `match.ts`, for every backend alike.
 */

/**
 * A document: named values, each anything that the codec of `values/` stores. A field that is undefined is
 * absent. Bytes may come back as a Buffer, which is a Uint8Array.
 */
export type Document = Readonly<Record<string, unknown>>;

/** Operators on one field. Several are joined by and. */
export interface Operators {
  /** The complement of equality: also matches documents without the field. */
  readonly $ne?: unknown;
  readonly $in?: readonly unknown[];
  /** Ranges match present values of the operand's own class only: numbers, strings (by code point), dates. */
  readonly $gt?: unknown;
  readonly $gte?: unknown;
  readonly $lt?: unknown;
  readonly $lte?: unknown;
  readonly $exists?: boolean;
}

/**
 * Conditions by dotted path, joined by and. A plain value means equality; null equals null and absent;
 * undefined is `INVALID_QUERY`.
 * @example { experiment: 3, "params.lr": { $lt: 0.1 } }
 */
export type Query = Readonly<Record<string, unknown>>;

/** The database's own time, in milliseconds, plus an offset: `now` of a change or an operand of a query. */
export class ServerTime {
  readonly offsetMs: number;
  constructor(offsetMs: number) {
    this.offsetMs = offsetMs;
  }
}

/** The moment at which the database carries the operation out, plus `offsetMs`. */
export function serverTime(offsetMs = 0): ServerTime {
  return new ServerTime(offsetMs);
}

/** How a document is changed. Top-level fields only; `unset` before `set`. */
export interface Change {
  /** Values to set; a `ServerTime` becomes the database's time. */
  readonly set?: Document;
  readonly unset?: readonly string[];
  /** Numbers to add; an absent field counts as 0. */
  readonly increment?: Readonly<Record<string, number>>;
  /** Values to append to arrays; an absent field counts as []. */
  readonly append?: Document;
}

export interface SortKey {
  readonly field: string;
  readonly descending?: boolean;
}

/**
 * How a declared field is kept. `integer` and `real` are numbers, `text` a string, `bytes` a Uint8Array,
 * `encoded` a text of the codec that holds a value of any form: queries reach into it by dotted path. It may be
 * given as a `LongText`, and is read as a string.
 * `id` is a string of 32 lower-case hexadecimal digits, which a backend may keep as 16 bytes. Documents and
 * queries have the digits, and every query is answered as if they were a text: also a range from the
 * beginning of an id, or one that no id is in (`leastIdFrom` of `id-field.ts`).
 * A declared field cannot hold null: null is stored as absence. `integer` and `real` hold no NaN and do not
 * tell 0 from -0, `text` holds no NUL and no lone surrogate, `id` nothing but such digits: another value is
 * `INVALID_VALUE`.
 */
export type FieldType = "integer" | "real" | "text" | "id" | "bytes" | "encoded";

export interface IndexDeclaration {
  readonly fields: readonly string[];
  readonly unique?: boolean;
  /** The index holds only documents that have this field; it answers only queries that demand the field. */
  readonly sparse?: string;
}

export interface CollectionDeclaration {
  readonly name: string;
  readonly fields: Readonly<Record<string, FieldType>>;
  readonly indexes: readonly IndexDeclaration[];
}

export interface ReadOptions {
  /** Values of different kinds are in the order of `compareForSort`, absent ones first. */
  readonly sort?: readonly SortKey[];
  /** A whole number; RangeError otherwise. */
  readonly limit?: number;
  /** The top-level fields to return; all when left out. */
  readonly select?: readonly string[];
  /** Allows a query that no declared index answers. */
  readonly scan?: boolean;
}

interface OperationBase {
  readonly collection: string;
  /** Carried out only if the operation at this earlier place of the batch changed something. */
  readonly after?: number;
  /** The whole batch is undone unless this operation changed something. */
  readonly required?: boolean;
  /**
   * What the operation belongs to. Those of one unit are carried out in order; those of different units need
   * not be, where a batch is not atomic: then many go to the server together. Without one it comes after all
   * that stand before it, and before all behind it. `after` may name one of the same unit only, or one without.
   */
  readonly unit?: number | string;
}

export interface InsertOperation extends OperationBase {
  readonly kind: "insert";
  readonly documents: readonly Document[];
  /** Documents whose unique fields are taken already are left out instead of failing. */
  readonly ifAbsent?: boolean;
}

export interface UpdateOperation extends OperationBase {
  readonly kind: "update";
  readonly query: Query;
  readonly change: Change;
  readonly scan?: boolean;
}

export interface RemoveOperation extends OperationBase {
  readonly kind: "remove";
  readonly query: Query;
  readonly scan?: boolean;
}

/** Changes the first `limit` matches (1 unless told) in the order of `sort`, atomically, and returns them as changed. */
export interface ReadAndWriteOperation extends OperationBase {
  readonly kind: "readAndWrite";
  readonly query: Query;
  readonly change: Change;
  readonly sort?: readonly SortKey[];
  readonly limit?: number;
  readonly select?: readonly string[];
  readonly scan?: boolean;
}

export type Operation = InsertOperation | UpdateOperation | RemoveOperation | ReadAndWriteOperation;

export interface OperationResult {
  /** Documents inserted, changed or removed. */
  readonly count: number;
  /** What `readAndWrite` returns, in its order; empty otherwise. */
  readonly documents: readonly Document[];
}

/**
 * `results` has one entry an operation. `applied` is false when a required one changed nothing: then nothing was.
 * `isRepeated` says that the connection was lost while the batch was carried out before, and that it may have
 * been: then an operation that changed nothing now may have changed something then.
 */
export type BatchOutcome = { readonly isRepeated?: boolean } & (
  | { readonly applied: true; readonly results: readonly OperationResult[] }
  | { readonly applied: false; readonly failedAt: number }
);

export interface Capabilities {
  /** A batch, and an insert of many, is all or nothing. */
  readonly atomicBatch: boolean;
  /** Other processes can open the same database. */
  readonly shared: boolean;
  /** Views with a column a parameter can be made for people. */
  readonly views: boolean;
}

/** A view that shows some documents of a collection with values inside `encoded` fields as columns. */
export interface ViewDeclaration {
  readonly name: string;
  readonly collection: string;
  readonly query: Query;
  /** Column name → field or dotted path. */
  readonly columns: Readonly<Record<string, string>>;
}

/** What a backend tells of itself, for people. */
export interface BackendDescription {
  /** Its name and version: `SQLite 3.51.0`. */
  readonly product: string;
  /** How much room it takes on its disk, in bytes, where that is known. */
  readonly bytes?: number;
}

/**
 * What a backend implements. It may assume valid arguments: `managed-database.ts` checks them for all.
 *
 * A connection that is lost is the error of `connection-loss.ts`: what failed is repeated, by
 * `patient-driver.ts`, and the driver connects again by itself. Everything that storage does may be repeated.
 */
export interface DatabaseDriver {
  /** Where the data is, without credentials. */
  readonly location: string;
  readonly capabilities: Capabilities;
  /** Settings of the server that weaken what is guaranteed, a line each: the setting, and what it puts at risk. */
  readonly warnings?: readonly string[];
  /** Creates the collections, declared fields and indexes that are missing. */
  define(collections: readonly CollectionDeclaration[]): Promise<void>;
  read(collection: string, query: Query, options: ReadOptions): Promise<Document[]>;
  count(collection: string, query: Query): Promise<number>;
  apply(operations: readonly Operation[]): Promise<BatchOutcome>;
  indexes(collection: string): Promise<readonly IndexDeclaration[]>;
  ensureIndex(collection: string, index: IndexDeclaration): Promise<void>;
  dropIndex(collection: string, index: IndexDeclaration): Promise<void>;
  /** Replaces views: those listed are made, those named in `drop` go. Only with the capability `views`. */
  replaceViews(views: readonly ViewDeclaration[], drop: readonly string[]): Promise<void>;
  /** The database's clock in milliseconds: never a worker's, and moved by no wall clock. */
  now(): Promise<number>;
  /** What is damaged in the backend's own files, a line each; left out where it cannot look. */
  check?(): Promise<readonly string[]>;
  /** What it is; left out where that is not known. */
  describe?(): Promise<BackendDescription>;
  /**
   * Copies everything, as of one moment, beside the data, under a name with this word in it that nothing has
   * yet. Returns where. Left out where that is done by the backend's own tools.
   */
  backup?(word: string): Promise<string>;
  close(): Promise<void>;
}

/** What storage uses: a driver with its arguments checked and its life managed. */
export interface Database {
  readonly location: string;
  readonly capabilities: Capabilities;
  /** Settings of the server that weaken what is guaranteed, a line each. */
  readonly warnings: readonly string[];
  define(collections: readonly CollectionDeclaration[]): Promise<void>;
  /** The matching documents. A query that no index answers is `INVALID_QUERY` unless `scan` is set. */
  read(collection: string, query?: Query, options?: ReadOptions): Promise<Document[]>;
  count(collection: string, query?: Query, options?: { readonly scan?: boolean }): Promise<number>;
  /**
   * Inserts documents (without `query`; returns how many) or changes every match of `query` (returns how many
   * matched). Throws `DUPLICATE` when a unique index forbids an insert or a change; then nothing was written.
   */
  write(collection: string, documents: Document | readonly Document[]): Promise<number>;
  write(
    collection: string,
    change: Change,
    query: Query,
    options?: { readonly scan?: boolean },
  ): Promise<number>;
  remove(collection: string, query: Query, options?: { readonly scan?: boolean }): Promise<number>;
  /** Changes the first match(es) and returns them as they are then; of N concurrent callers no two get the same. */
  readAndWrite(
    collection: string,
    query: Query,
    change: Change,
    options?: ReadOptions,
  ): Promise<Document[]>;
  /** Several operations in order: all or nothing with the capability `atomicBatch`. */
  batch(operations: readonly Operation[]): Promise<BatchOutcome>;
  /**
   * Makes an index that is missing. Throws `DUPLICATE` when the documents there are forbid a unique one, and
   * `CONFLICT` when another index has its name.
   */
  ensureIndex(collection: string, index: IndexDeclaration): Promise<void>;
  /** Index name (its fields joined by "_") → whether it is unique. */
  indexInformation(collection: string): Promise<Readonly<Record<string, boolean>>>;
  /** Throws `NOT_FOUND` when there is no such index. */
  dropIndex(collection: string, name: string): Promise<void>;
  replaceViews(views: readonly ViewDeclaration[], drop: readonly string[]): Promise<void>;
  now(): Promise<number>;
  /** What the backend finds damaged in its own files, a line each; nothing where it cannot look. */
  check(): Promise<readonly string[]>;
  /** What the backend tells of itself; undefined where it tells nothing. */
  describe(): Promise<BackendDescription | undefined>;
  /**
   * Copies everything beside the data, and returns where, with `word` in the name; undefined where that is for
   * the backend's own tools.
   */
  backup(word: string): Promise<string | undefined>;
  close(): Promise<void>;
}

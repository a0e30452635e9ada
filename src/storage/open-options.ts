/** How a storage is opened. */
export interface OpenStorageOptions {
  /** False makes a storage that does not exist yet `NOT_FOUND` instead of creating it. Default true. */
  readonly create?: boolean;
  /** How long a claim lasts without being renewed. Default 30,000 ms. */
  readonly leaseMs?: number;
  /** Brings an older database up to this Assay's schema. Default false: it is `SCHEMA_OUTDATED`. */
  readonly upgrade?: boolean;
  /**
   * How long an operation waits for a server that cannot be reached before it throws `STORAGE_UNAVAILABLE`.
   * Default 60,000 ms. Opening does not wait.
   */
  readonly patienceMs?: number;
  /** Hears of an operation that waits for the server, with the error of its first try. */
  readonly onOutage?: (error: unknown) => void;
  /** The clock behind the times that people read. Default: the system's. */
  readonly wallClock?: () => Date;
}

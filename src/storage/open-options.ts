/** How a storage is opened. */
export interface OpenStorageOptions {
  /** False makes a storage that does not exist yet `NOT_FOUND` instead of creating it. Default true. */
  readonly create?: boolean;
  /** How long a claim lasts without being renewed. Default 30,000 ms. */
  readonly leaseMs?: number;
  /** Brings an older database up to this Assay's schema. Default false: it is `SCHEMA_OUTDATED`. */
  readonly upgrade?: boolean;
  /** The clock behind the times that people read. Default: the system's. */
  readonly wallClock?: () => Date;
}

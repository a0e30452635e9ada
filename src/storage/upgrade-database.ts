import type { Migration, PendingMigrations } from "./migrate.ts";

export interface UpgradeOptions {
  /** Looks what there is to do, and does nothing. */
  readonly dryRun?: boolean;
  /** Called before each step: the copy of a SQLite file, then the migrations. */
  readonly onStep?: (description: string) => void;
}

/** What an upgrade did, or with `dryRun` would do. */
export interface Upgrade {
  /** Where the database is, without credentials. */
  readonly location: string;
  /** The schema that it had, 0 when it was empty, and the one that it has. */
  readonly from: number;
  readonly to: number;
  /** What was done, in order; nothing when it was up to date. */
  readonly steps: readonly string[];
  /** The copy that was made before anything was changed, on SQLite; null where none was made. */
  readonly backup: string | null;
}

/**
 * Brings an older database up to the schema of this Assay. A SQLite file is copied beside itself before; for a
 * server its own tools make a copy. Killed anywhere, it can be called again. No process of the older Assay
 * may write meanwhile. Throws `SCHEMA_NEWER`, `NOT_FOUND`, and as `openStorage` does.
 *
 * @example
 * const { from, to, backup } = await upgradeDatabase("sqlite:assay.db");
 */
export async function upgradeDatabase(url: string, options: UpgradeOptions = {}): Promise<Upgrade> {
  return await upgradeBy(undefined, url, options);
}

/** The same by other migrations than this Assay's. */
export async function upgradeBy(
  migrations: readonly Migration[] | undefined,
  url: string,
  { dryRun = false, onStep = () => undefined }: UpgradeOptions,
): Promise<Upgrade> {
  const [{ openDatabase }, { pendingMigrations, migrate }] = await Promise.all([
    import("./connect-storage.ts"),
    import("./migrate.ts"),
  ]);
  const database = await openDatabase(url, { create: false });
  try {
    const pending = await pendingMigrations(database, migrations);
    const plan = toUpgrade(database.location, pending);
    if (dryRun || pending.steps.length === 0) return plan;
    let backup: string | undefined;
    if (pending.found > 0) {
      onStep("copy the database");
      backup = await database.backup(`schema-${String(pending.found)}`);
    }
    await migrate(database, pending, ({ describe }) => onStep(describe));
    return { ...plan, backup: backup ?? null };
  } finally {
    await database.close();
  }
}

function toUpgrade(location: string, { found, wanted, steps }: PendingMigrations): Upgrade {
  return {
    location,
    from: found,
    to: wanted,
    steps: steps.map(({ describe }) => describe),
    backup: null,
  };
}

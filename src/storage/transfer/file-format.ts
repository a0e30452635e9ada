/** A SQLite storage, or an archive of JSON lines. */
export type ExportFormat = "sqlite" | "archive";

/** What a file is by its ending: SQLite as `.db` or `.sqlite`, else an archive. */
export function formatOf(file: string): ExportFormat {
  return /\.(db|sqlite)$/i.test(file) ? "sqlite" : "archive";
}

/** Whether an archive is compressed, by its ending. */
export function isCompressed(file: string): boolean {
  return /\.gz$/i.test(file);
}

const iso =
  /^\d{4}-\d{2}(?:-\d{2}(?:[T ](\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?)?$/i;

/**
 * The time that a text is, if it is one of ISO 8601: `2025-01`, `2025-01-31`, `2025-01-31 14:05`,
 * `2025-01-31T14:05:00.5+01:00`. Without a zone it is UTC, as in everything that Assay prints.
 */
export function parseTime(text: string): Date | undefined {
  const match = iso.exec(text);
  if (match === null) return undefined;
  const [, clock, zone] = match;
  const utc = clock !== undefined && zone === undefined ? `${text}Z` : text;
  const date = new Date(utc.replace(" ", "T"));
  return Number.isNaN(date.getTime()) ? undefined : date;
}

let lastMs = NaN;
let lastText = "";

/**
 * A time as it is stored and shown: ISO 8601 in UTC with milliseconds.
 * Short trials end many in a millisecond, so the last text is kept: formatting costs more than the rest.
 * @param ms milliseconds since 1970 in UTC
 */
export function toTimestamp(ms: number): string {
  if (ms !== lastMs) {
    lastMs = ms;
    lastText = new Date(ms).toISOString();
  }
  return lastText;
}

/** A duration for people: `850 ms`, `12.3 s`, `4 min 05 s`, `2 h 10 min`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${String(Math.round(ms))} ms`;
  const seconds = ms / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(Math.round(seconds) / 60);
  if (minutes < 60) {
    return `${String(minutes)} min ${String(Math.round(seconds) % 60).padStart(2, "0")} s`;
  }
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${String(hours)} h ${String(minutes % 60).padStart(2, "0")} min`;
  return `${String(Math.floor(hours / 24))} d ${String(hours % 24)} h`;
}

const units: readonly (readonly [suffix: string, ms: number])[] = [
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["min", 60_000],
  ["h", 3_600_000],
];

/** Milliseconds of a text such as `500ms`, `30s`, `5m`, `1.5h`; a bare number is seconds. Undefined otherwise. */
export function parseDuration(text: string): number | undefined {
  const found = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/.exec(text.trim());
  if (found === null) return undefined;
  const factor = found[2] === "" ? 1000 : units.find(([suffix]) => suffix === found[2])?.[1];
  return factor === undefined ? undefined : Number(found[1]) * factor;
}

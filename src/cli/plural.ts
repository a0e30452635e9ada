/** A count with its thousands apart: `12,000`. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** `1 trial`, `12,000 trials`. */
export function plural(count: number, one: string, many: string = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** True for a finite number between two bounds, both included. */
export function isNumberBetween(value: unknown, low: number, high: number): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= low && value <= high;
}

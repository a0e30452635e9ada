/**
 * The condition on `number` that a caller gave, narrowed to what comes after a number: pages of trials are
 * read by it. Without a number the condition is left as it is.
 */
export function numberAfter(condition: unknown, after: number | undefined): unknown {
  if (after === undefined) return condition === undefined ? { $exists: true } : condition;
  if (condition === undefined) return { $gt: after };
  if (typeof condition === "number") return condition > after ? condition : { $in: [] };
  if (typeof condition !== "object" || condition === null) return condition;
  const low: unknown = Reflect.get(condition, "$gt");
  return { ...condition, $gt: typeof low === "number" && low > after ? low : after };
}

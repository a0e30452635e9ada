/**
 * The condition on `number` that a caller gave, narrowed to what comes after a number (-1 at first): pages of
 * trials are read by it.
 */
export function numberAfter(condition: unknown, after: number): unknown {
  if (condition === undefined) return { $gt: after };
  if (typeof condition === "number") return condition > after ? condition : { $in: [] };
  if (typeof condition !== "object" || condition === null) return condition;
  const low: unknown = Reflect.get(condition, "$gt");
  return { ...condition, $gt: typeof low === "number" && low > after ? low : after };
}

import type { IndexDeclaration, SortKey } from "./contract.ts";
import type { Condition } from "./query.ts";

const demandsPresence = new Set(["$gt", "$gte", "$lt", "$lte"]);

/** Whether a condition can only be met by documents that have the field. */
function demands(condition: Condition): boolean {
  const { operator, operand } = condition;
  if (operator === "$eq") return operand !== null;
  if (operator === "$exists") return operand === true;
  if (operator === "$in") return !(operand as readonly unknown[]).includes(null);
  return demandsPresence.has(operator);
}

/**
 * Whether an index answers a query without looking at documents in vain: equalities on its leading fields,
 * then at most one range, then the order asked for, and no condition elsewhere. All fields of a unique
 * index fixed by equality is answered too, whatever other conditions there are: it is one document.
 */
export function indexAnswers(
  index: IndexDeclaration,
  conditions: readonly Condition[],
  sort: readonly SortKey[],
): boolean {
  const { sparse } = index;
  if (sparse !== undefined && !conditions.some((c) => c.path === sparse && demands(c)))
    return false;
  const fixed = new Set(conditions.filter((c) => c.operator === "$eq").map((c) => c.path));
  if (index.unique === true && index.fields.every((field) => fixed.has(field))) return true;

  let used = 0;
  while (used < index.fields.length && fixed.has(index.fields[used] ?? "")) used += 1;
  const next = index.fields[used];
  const loose = conditions.filter((c) => !index.fields.slice(0, used).includes(c.path));
  if (loose.some((c) => c.path !== next || c.operator === "$ne")) return false;
  const listed = loose.some((c) => c.operator === "$in");

  const order = sort.filter((key) => !fixed.has(key.field));
  if (order.length === 0) return used > 0 || loose.length > 0;
  const descending = order[0]?.descending === true;
  return (
    !listed &&
    order.every(
      (key, i) => key.field === index.fields[used + i] && (key.descending === true) === descending,
    )
  );
}

/** The name by which an index is known: its fields in order. */
export function indexName(index: IndexDeclaration): string {
  return index.fields.join("_");
}

/** Whether two declarations of one name mean the same index. */
export function isSameIndex(a: IndexDeclaration, b: IndexDeclaration): boolean {
  return (
    a.fields.length === b.fields.length &&
    a.fields.every((field, i) => field === b.fields[i]) &&
    (a.unique === true) === (b.unique === true) &&
    a.sparse === b.sparse
  );
}

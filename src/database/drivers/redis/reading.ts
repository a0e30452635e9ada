import { compareForSort } from "../../../values/compare.ts";
import {
  ServerTime,
  type Document,
  type Query,
  type ReadOptions,
  type SortKey,
} from "../../contract.ts";
import { matchesDocument, valueAt } from "../../match.ts";
import { parseQuery, type Condition } from "../../query.ts";
import { packCondition } from "./conditions.ts";
import type { Layout } from "./layout.ts";
import { packPlan, toPlan, type Plan } from "./plan.ts";
import type { Session } from "./session.ts";
import { toDocument } from "./stored-document.ts";

/** What one script looks at: so many documents, and bytes of those that it finds. The server waits for it. */
export const pageBudget: readonly [number, number] = [2000, 16 * 1024 * 1024];

/** A document with its place in the order of insertion. */
export interface Candidate {
  readonly id: Buffer;
  readonly bytes: Buffer;
  readonly document: Document;
}

/** Reads what the script answered behind the place where it goes on: id, document, id, document, … */
export function toCandidates(layout: Layout, answered: readonly unknown[]): Candidate[] {
  const candidates: Candidate[] = [];
  for (let i = 0; i + 1 < answered.length; i += 2) {
    const bytes = answered[i + 1] as Buffer;
    candidates.push({ id: answered[i] as Buffer, bytes, document: toDocument(layout, bytes) });
  }
  return candidates;
}

/** Conditions with the server's time in place of its name. */
export function atTime(conditions: readonly Condition[], now: number): readonly Condition[] {
  return conditions.map((condition) => {
    const { operand } = condition;
    return operand instanceof ServerTime
      ? { ...condition, operand: now + operand.offsetMs }
      : condition;
  });
}

/** Those candidates that fulfil what the script left open, each once. */
export function matching(
  candidates: readonly Candidate[],
  others: readonly Condition[],
  layout: Layout,
): Candidate[] {
  const each = new Map(candidates.map((one) => [one.id.toString("latin1"), one]));
  const all = [...each.values()];
  if (others.length === 0) return all;
  return all.filter(({ document }) => matchesDocument(document, others, layout.declared));
}

/** Candidates in the order asked for; those that are equal in it as they were inserted. */
export function sorted(
  candidates: readonly Candidate[],
  sort: readonly SortKey[],
  layout: Layout,
): Candidate[] {
  const keyed = candidates.map((one) => ({
    one,
    keys: sort.map(({ field }) => valueAt(one.document, field, layout.declared)),
  }));
  keyed.sort((a, b) => {
    for (const [i, { descending }] of sort.entries()) {
      const order = compareForSort(a.keys[i], b.keys[i]);
      if (order !== 0) return descending === true ? -order : order;
    }
    return Buffer.compare(a.one.id, b.one.id);
  });
  return keyed.map(({ one }) => one);
}

/** A document with the fields that were selected. */
export function projected(document: Document, select: readonly string[] | undefined): Document {
  if (select === undefined) return document;
  const entries = select
    .filter((field) => Object.hasOwn(document, field))
    .map((field) => [field, document[field]] as const);
  return Object.fromEntries(entries);
}

/** The documents that match, page by page: a script each. */
export async function read(
  session: Session,
  collection: string,
  query: Query,
  options: ReadOptions,
): Promise<Document[]> {
  const { sort = [], limit = Infinity, select } = options;
  const conditions = parseQuery(query);
  for (;;) {
    const catalog = await session.catalog();
    const layout = catalog.layout(collection);
    const plan = toPlan(conditions, sort, layout);
    if (plan.isEmpty || limit === 0) return [];
    const others = await withTime(session, plan.others);
    const isInOrder = plan.isSorted;
    const isExact = isInOrder && others.length === 0;
    const found: Candidate[] = [];
    let from: Buffer | undefined;
    let isStale = false;
    do {
      const left = limit - found.length;
      const packed = packPlan(plan, plan.conditions.map(packCondition), {
        from,
        limit: isExact && left !== Infinity ? left : undefined,
      });
      const slots = isExact ? select?.map((field) => layout.slotOf(field)) : undefined;
      const operation = [packed, pageBudget, slots ?? false];
      const step = { kind: "read", data: layout.key, operation };
      const [word, results] = await session.run(catalog, [step]);
      if (word === "stale") {
        isStale = true;
        break;
      }
      const [[, more, ...answered]] = results as [[number, Buffer, ...unknown[]]];
      found.push(...matching(toCandidates(layout, answered), others, layout));
      from = more.length === 0 || (isInOrder && found.length >= limit) ? undefined : more;
    } while (from !== undefined);
    if (isStale) continue;
    const unique = matching(found, [], layout);
    const isByScan = plan.index === undefined && limit === Infinity;
    const ordered = isInOrder && !isByScan ? unique : sorted(unique, sort, layout);
    return ordered.slice(0, limit).map(({ document }) => projected(document, select));
  }
}

async function withTime(
  session: Session,
  conditions: readonly Condition[],
): Promise<readonly Condition[]> {
  if (!conditions.some(({ operand }) => operand instanceof ServerTime)) return conditions;
  return atTime(conditions, await readTime(session));
}

/** The server's time in milliseconds. */
export async function readTime(session: Session): Promise<number> {
  const [seconds, microseconds] = (await session.connection.command("TIME")) as [string, string];
  return Number(seconds) * 1000 + Number(microseconds) / 1000;
}

/** How many documents match. What an index answers alone is counted without looking at documents. */
export async function count(session: Session, collection: string, query: Query): Promise<number> {
  const conditions = parseQuery(query);
  for (;;) {
    const catalog = await session.catalog();
    const plan = toPlan(conditions, [], catalog.layout(collection));
    if (plan.isEmpty) return 0;
    if (plan.others.length > 0) return (await read(session, collection, query, {})).length;
    if (plan.index === undefined && plan.conditions.length > 0) {
      // A hash that grows meanwhile may show a document twice: those have to be told apart.
      return (await read(session, collection, query, { select: [] })).length;
    }
    const total = await countPages(session, collection, plan);
    if (total !== undefined) return total;
  }
}

/** Undefined when the catalog changed meanwhile. */
async function countPages(
  session: Session,
  collection: string,
  plan: Plan,
): Promise<number | undefined> {
  const catalog = await session.catalog();
  let total = 0;
  let from: Buffer | undefined;
  do {
    const packed = packPlan(plan, plan.conditions.map(packCondition), { from });
    const { key: data } = catalog.layout(collection);
    const step = { kind: "count", data, operation: [packed, pageBudget] };
    const [word, results] = await session.run(catalog, [step]);
    if (word === "stale") return undefined;
    const [[found, more]] = results as [[number, Buffer]];
    total += found;
    from = more.length === 0 ? undefined : more;
  } while (from !== undefined);
  return total;
}

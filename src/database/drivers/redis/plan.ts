import type { SortKey } from "../../contract.ts";
import { ServerTime } from "../../contract.ts";
import { indexAnswers } from "../../index-rule.ts";
import type { Condition } from "../../query.ts";
import { translate, type FieldCondition, type Operand, type RangeOperator } from "./conditions.ts";
import { mostShapes, type Component, type IndexLayout, type Layout } from "./layout.ts";
import type { Packable } from "./message-pack.ts";
import { hashOf, toComponent } from "./stored-document.ts";

/** An end of a range of entries: a text, or one with the server's time plus some milliseconds in its middle. */
type Bound = Buffer | readonly [before: Buffer, offsetMs: number, after: Buffer];

/** A range of entries: its ends, or what all entries in it begin with. */
type Range = Buffer | readonly [low: Bound, high: Bound];

/** A range along an index by conditions alone: equal values, and perhaps a condition on an end of the next. */
export interface Route {
  readonly equal: readonly FieldCondition[];
  readonly low: FieldCondition | undefined;
  readonly high: FieldCondition | undefined;
}

/** How a query is answered: by ranges of one index, or by looking at all documents. */
export interface Plan {
  readonly index: IndexLayout | undefined;
  readonly isReverse: boolean;
  /** Of the index, in its order. */
  readonly ranges: readonly Range[];
  /** What the range is made of; undefined when it is made of anything else. */
  readonly route: Route | undefined;
  /** What the ranges leave open, for the script to decide. */
  readonly conditions: readonly FieldCondition[];
  /** What the script cannot decide. */
  readonly others: readonly Condition[];
  /** Whether documents come in the order that was asked for. */
  readonly isSorted: boolean;
  /** Whether nothing can match. */
  readonly isEmpty: boolean;
}

/** What sorts behind every value of an entry, and behind the id of the document that follows them. */
export const behind: Buffer = Buffer.from([255]);
/** What a value of an entry begins with. */
export const start: Buffer = Buffer.from([1]);
const none = Buffer.alloc(0);
export const including: Buffer = Buffer.from("[");
export const excluding: Buffer = Buffer.from("(");

/** The plan that looks at the fewest documents. */
export function toPlan(
  conditions: readonly Condition[],
  sort: readonly SortKey[],
  layout: Layout,
): Plan {
  const decided: FieldCondition[] = [];
  const others: Condition[] = [];
  for (const condition of conditions) {
    const translated = translate(condition, layout);
    if (translated === "never") return { ...byScan(), isEmpty: true };
    if (translated === "other") others.push(condition);
    else if (translated !== "always") decided.push(translated);
  }
  const shape = shapeOf(decided, others, sort);
  const known = layout.choices.get(shape);
  if (known !== undefined) return new Path(known, decided, others).plan(sort).plan;
  let best: Candidate = { plan: byScan(sort.length === 0), score: 0 };
  for (const index of layout.indexes) {
    if (!index.isReady || !isUsable(index, conditions)) continue;
    const candidate = new Path(index, decided, others).plan(sort);
    if (candidate.score > best.score) best = candidate;
  }
  const { index } = best.plan;
  if (index === undefined) return { ...best.plan, conditions: decided, others };
  if (layout.choices.size < mostShapes) layout.choices.set(shape, index);
  return best.plan;
}

/** What the choice of an index depends on: what is asked of which field, but not with what value. */
function shapeOf(
  decided: readonly FieldCondition[],
  others: readonly Condition[],
  sort: readonly SortKey[],
): string {
  let shape = "";
  for (const { path, operator, operand, ...rest } of decided) {
    const isValue = Buffer.isBuffer(operand) || ("orAbsent" in rest && !rest.orAbsent);
    shape += `${path}\0${operator}\0${typeof operand === "boolean" ? String(operand) : String(isValue)}\0`;
  }
  for (const { path, operator, operand } of others) {
    const orAbsent = Array.isArray(operand) && operand.includes(null);
    const isHashed = operand !== null && !(operand instanceof ServerTime);
    shape += `${path}\0${operator}\0${String(isHashed)}\0${String(orAbsent)}\0`;
  }
  for (const { field, descending } of sort) shape += `${field}\0${String(descending === true)}\0`;
  return shape;
}

interface Candidate {
  readonly plan: Plan;
  readonly score: number;
}

function byScan(isSorted = true): Plan {
  const nothing = { index: undefined, isReverse: false, ranges: [], conditions: [], others: [] };
  return { ...nothing, route: undefined, isSorted, isEmpty: false };
}

/** A sparse index answers only what demands its field. */
function isUsable({ declaration }: IndexLayout, conditions: readonly Condition[]): boolean {
  const { sparse } = declaration;
  if (sparse === undefined) return true;
  return conditions.some(
    (one) => one.path === sparse && indexAnswers({ fields: [sparse], sparse }, [one], []),
  );
}

/** The way along one index: equal values first, then at most one range. */
class Path {
  readonly #index: IndexLayout;
  readonly #others: readonly Condition[];
  #conditions: FieldCondition[];
  readonly #fixed = new Set<string>();
  /** Undefined when there is more to the way than conditions with a value. */
  #equal: FieldCondition[] | undefined = [];
  #low: FieldCondition | undefined;
  #high: FieldCondition | undefined;
  #prefix: Buffer = none;
  #used = 0;

  constructor(
    index: IndexLayout,
    conditions: readonly FieldCondition[],
    others: readonly Condition[],
  ) {
    this.#index = index;
    this.#conditions = [...conditions];
    this.#others = others;
    for (const component of index.components) {
      const value = this.#fixedTo(component);
      if (value === undefined) break;
      this.#prefix = Buffer.concat([this.#prefix, value]);
      this.#fixed.add(component.path);
      this.#used += 1;
    }
  }

  /** The part of an entry that a component is fixed to; undefined when it is not. */
  #fixedTo({ path, kind }: Component): Buffer | undefined {
    if (kind === "hash") {
      const other = this.#others.find((one) => one.path === path && one.operator === "$eq");
      if (other === undefined || other.operand === null || other.operand instanceof ServerTime) {
        return undefined;
      }
      this.#equal = undefined;
      // The document itself has the last word on it.
      return toComponent(hashOf(other.operand), false);
    }
    for (const condition of this.#conditions) {
      if (condition.path !== path) continue;
      const { operator, operand } = condition;
      if (operator === "exists" && !operand) {
        this.#equal = undefined;
        return this.#take(condition, toComponent(undefined, false));
      }
      if (operator !== "eq" || !Buffer.isBuffer(operand)) continue;
      this.#equal?.push(condition);
      return this.#take(condition, toComponent(operand, kind === "text"));
    }
    return undefined;
  }

  #take(condition: FieldCondition, value: Buffer): Buffer {
    this.#conditions = this.#conditions.filter((one) => one !== condition);
    return value;
  }

  plan(sort: readonly SortKey[]): Candidate {
    const { components } = this.#index;
    const next = components[this.#used];
    const before = this.#conditions.length;
    const ranges =
      next === undefined || next.kind === "hash"
        ? [this.#prefix]
        : (this.#listed(next) ?? [this.#range(next)]);
    const narrowed = before - this.#conditions.length;
    const order = sort.filter(({ field }) => !this.#fixed.has(field));
    const isReverse = order[0]?.descending === true;
    const isSorted =
      order.length === 0 ||
      (ranges.length <= 1 &&
        order.every(({ field, descending }, i) => {
          const component = components[this.#used + i];
          const isAlong = component?.path === field && component.kind !== "hash";
          return isAlong && (descending === true) === isReverse;
        }));
    const isOne = this.#index.declaration.unique === true && next === undefined;
    const score =
      (isOne ? 1000 : 0) +
      this.#used * 10 +
      (narrowed > 0 ? 5 : 0) +
      (isSorted && order.length > 0 ? 3 : 0);
    const route = this.#equal && { equal: this.#equal, low: this.#low, high: this.#high };
    const left = { conditions: this.#conditions, others: this.#others };
    const way = { index: this.#index, isReverse, ranges, route };
    const plan = { ...way, ...left, isSorted, isEmpty: false };
    return { plan, score };
  }

  /** A range for each item of `$in`. */
  #listed({ path, kind }: Component): Buffer[] | undefined {
    const condition = this.#conditions.find((one) => one.path === path && one.operator === "in");
    if (condition?.operator !== "in") return undefined;
    const values = condition.operand.map((item) => toComponent(item, kind === "text"));
    if (condition.orAbsent) values.push(toComponent(undefined, false));
    this.#take(condition, none);
    this.#equal = undefined;
    return values
      .sort((a, b) => Buffer.compare(a, b))
      .map((value) => Buffer.concat([this.#prefix, value]));
  }

  /** One range from the first condition on each end; the script decides on the others. */
  #range({ path, kind }: Component): Range {
    let low: Bound | undefined;
    let high: Bound | undefined;
    let isPresent = false;
    for (const condition of this.#conditions.filter((one) => one.path === path)) {
      const { operator, operand } = condition;
      if (operator === "exists" && operand) {
        this.#take(condition, none);
        this.#equal = undefined;
      } else if (operator === "gt" || operator === "gte") {
        if (low !== undefined) continue;
        low = this.#end(operator, operand, kind);
        this.#low = condition;
        this.#take(condition, none);
      } else if (operator === "lt" || operator === "lte") {
        if (high !== undefined) continue;
        high = this.#end(operator, operand, kind);
        this.#high = condition;
        this.#take(condition, none);
      } else continue;
      isPresent = true;
    }
    if (!isPresent) return this.#prefix;
    low ??= Buffer.concat([including, this.#prefix, start]);
    high ??= Buffer.concat([excluding, this.#prefix, behind]);
    return [low, high];
  }

  #end(operator: RangeOperator, operand: Operand, kind: Component["kind"]): Bound {
    const [sign, after] = endOf(operator);
    const before = Buffer.concat([sign, this.#prefix]);
    if (!Buffer.isBuffer(operand)) return [Buffer.concat([before, start]), operand[0], after];
    return Buffer.concat([before, toComponent(operand, kind === "text"), after]);
  }
}

/** What stands before and behind the value at an end of a range. */
export function endOf(operator: RangeOperator): readonly [sign: Buffer, after: Buffer] {
  const after = operator === "gt" || operator === "lte" ? behind : none;
  return [operator === "gte" ? including : excluding, after];
}

/** A plan for the script. */
export function packPlan(
  { index, isReverse, ranges, isEmpty }: Plan,
  conditions: readonly Packable[],
  options: { readonly limit?: number | undefined; readonly from?: Buffer | undefined },
): Packable {
  const { limit = false, from = false } = options;
  return [index?.key ?? false, isReverse, ranges, conditions, isEmpty ? 0 : limit, from];
}

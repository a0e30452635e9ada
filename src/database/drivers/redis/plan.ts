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

/** How a query is answered: by ranges of one index, or by looking at all documents. */
export interface Plan {
  readonly index: IndexLayout | undefined;
  readonly isReverse: boolean;
  /** Of the index, in its order. */
  readonly ranges: readonly (readonly [low: Bound, high: Bound])[];
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
const behind = Buffer.from([255]);
const start = Buffer.from([1]);
const none = Buffer.alloc(0);

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
  return { ...nothing, isSorted, isEmpty: false };
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
      const value = this.#equal(component);
      if (value === undefined) break;
      this.#prefix = Buffer.concat([this.#prefix, value]);
      this.#fixed.add(component.path);
      this.#used += 1;
    }
  }

  /** The part of an entry that a component is fixed to; undefined when it is not. */
  #equal({ path, kind }: Component): Buffer | undefined {
    if (kind === "hash") {
      const other = this.#others.find((one) => one.path === path && one.operator === "$eq");
      if (other === undefined || other.operand === null || other.operand instanceof ServerTime) {
        return undefined;
      }
      // The document itself has the last word on it.
      return toComponent(hashOf(other.operand), false);
    }
    for (const condition of this.#conditions) {
      if (condition.path !== path) continue;
      const { operator, operand } = condition;
      if (operator === "exists" && !operand)
        return this.#take(condition, toComponent(undefined, false));
      if (operator !== "eq" || !Buffer.isBuffer(operand)) continue;
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
        ? [this.#everything()]
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
    const left = { conditions: this.#conditions, others: this.#others };
    const plan = { index: this.#index, isReverse, ranges, ...left, isSorted, isEmpty: false };
    return { plan, score };
  }

  #everything(): [Bound, Bound] {
    return [including(this.#prefix), excluding(Buffer.concat([this.#prefix, behind]))];
  }

  /** A range for each item of `$in`. */
  #listed({ path, kind }: Component): [Bound, Bound][] | undefined {
    const condition = this.#conditions.find((one) => one.path === path && one.operator === "in");
    if (condition?.operator !== "in") return undefined;
    const values = condition.operand.map((item) => toComponent(item, kind === "text"));
    if (condition.orAbsent) values.push(toComponent(undefined, false));
    this.#take(condition, none);
    return values
      .sort((a, b) => Buffer.compare(a, b))
      .map((value) => {
        const prefix = Buffer.concat([this.#prefix, value]);
        return [including(prefix), excluding(Buffer.concat([prefix, behind]))];
      });
  }

  /** One range from the first condition on each end; the script decides on the others. */
  #range({ path, kind }: Component): [Bound, Bound] {
    let [low, high] = this.#everything();
    let isLow = false;
    let isHigh = false;
    for (const condition of this.#conditions.filter((one) => one.path === path)) {
      const { operator, operand } = condition;
      if (operator === "exists" && operand) this.#take(condition, none);
      else if (operator === "gt" || operator === "gte") {
        if (isLow) continue;
        isLow = true;
        low = this.#end(operator, operand, kind);
        this.#take(condition, none);
      } else if (operator === "lt" || operator === "lte") {
        if (isHigh) continue;
        isHigh = true;
        high = this.#end(operator, operand, kind);
        this.#take(condition, none);
      } else continue;
      if (!isLow) low = including(Buffer.concat([this.#prefix, start]));
    }
    return [low, high];
  }

  #end(operator: RangeOperator, operand: Operand, kind: Component["kind"]): Bound {
    const after = operator === "gt" || operator === "lte" ? behind : none;
    const sign = operator === "gte" ? "[" : "(";
    const before = Buffer.concat([Buffer.from(sign), this.#prefix]);
    if (!Buffer.isBuffer(operand)) return [Buffer.concat([before, start]), operand[0], after];
    return Buffer.concat([before, toComponent(operand, kind === "text"), after]);
  }
}

function including(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from("["), bytes]);
}

function excluding(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from("("), bytes]);
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

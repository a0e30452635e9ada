import { ServerTime, type FieldType } from "../../contract.ts";
import type { Condition } from "../../query.ts";
import type { FieldCondition, RangeOperator } from "./conditions.ts";
import { writeBytes, writeNumber, type Hole, type HoleMark, type Templated } from "./holes.ts";
import type { Layout } from "./layout.ts";
import { behind, endOf, excluding, including, start, toPlan, type Route } from "./plan.ts";
import { toBytes } from "./stored-document.ts";

/** The query of a template as the script is told of it, and the holes in it, in order. */
export interface QueryPieces {
  readonly index: string;
  readonly isReverse: boolean;
  /**
   * The ends of the range: false for one that is a hole, what is behind the server's time for one with that in it.
   * None when the range is all that begins with what is in its hole.
   */
  readonly ends: readonly (false | Buffer)[];
  /** Slot, kind, operator, hole, … */
  readonly conditions: readonly (string | HoleMark)[];
  readonly holes: readonly Hole[];
}

/** Undefined for a query that no index answers, or that the script cannot decide by itself. */
export function queryPieces(
  { operation, conditions }: Templated,
  layout: Layout,
): QueryPieces | undefined {
  if (conditions.some(({ operand }) => operand === null)) return undefined;
  const sort = operation.kind === "readAndWrite" ? (operation.sort ?? []) : [];
  const plan = toPlan(conditions, sort, layout);
  const { index, route, isReverse } = plan;
  const isDecided = plan.isSorted && !plan.isEmpty && plan.others.length === 0;
  if (index === undefined || route === undefined || !isDecided) return undefined;
  const ends = [route.low, route.high].filter((end) => end !== undefined);
  const all = [...route.equal, ...ends, ...plan.conditions];
  // One that holds for every document, because of its value, was left out.
  if (all.length < conditions.length) return undefined;
  const operands = new Map<FieldCondition, Operand>();
  for (const condition of all) {
    const operand = toOperand(condition, conditions, layout);
    if (operand === undefined) return undefined;
    operands.set(condition, operand);
  }
  const operandOf = (condition: FieldCondition): Operand => {
    const operand = operands.get(condition);
    if (operand === undefined) throw new RangeError(`No operand of ${condition.path}`);
    return operand;
  };
  const range = rangePieces(route, operandOf);
  const left = plan.conditions.map((condition) => ({ condition, operand: operandOf(condition) }));
  return {
    ...{ index: index.key, isReverse, ends: range.ends },
    conditions: left.flatMap(({ condition: { slot, kind, operator }, operand: { isTime } }) => [
      ...[slot, kind, operator],
      isTime,
    ]),
    holes: [...range.holes, ...left.map(({ operand }) => operand.hole())],
  };
}

function toOperand(
  { path, operator }: FieldCondition,
  conditions: readonly Condition[],
  layout: Layout,
): Operand | undefined {
  const place = conditions.findIndex((one) => one.path === path && one.operator === `$${operator}`);
  const type = layout.fields.get(path)?.type;
  const isRange = operator !== "eq" && operator !== "ne";
  const isNumber = type === "integer" || type === "real";
  if (place < 0 || type === undefined || (isRange && !isNumber)) return undefined;
  return new Operand(place, type, conditions[place]?.operand instanceof ServerTime);
}

/** The operand of a condition, wherever it is in the message. */
class Operand {
  readonly isTime: boolean;
  readonly isText: boolean;
  readonly #place: number;
  readonly #type: FieldType;

  constructor(place: number, type: FieldType, isTime: boolean) {
    this.#place = place;
    this.#type = type;
    this.isTime = isTime;
    this.isText = type === "text";
  }

  bytes({ conditions }: Templated): Buffer | undefined {
    return toBytes(this.#type, conditions[this.#place]?.operand);
  }

  /** For the offset of the server's time. */
  offset(): Hole {
    return (writer, { conditions }) => {
      const operand = conditions[this.#place]?.operand;
      return operand instanceof ServerTime && writeNumber(writer, operand.offsetMs);
    };
  }

  hole(): Hole {
    if (this.isTime) return this.offset();
    return (writer, one) => writeBytes(writer, this.bytes(one));
  }
}

function rangePieces(
  { equal, low, high }: Route,
  operandOf: (condition: FieldCondition) => Operand,
): Pick<QueryPieces, "ends" | "holes"> {
  const fixed = equal.map(operandOf);
  /** For a text of an entry: what is before its equal values, and what is behind them. */
  const entry =
    (before: Buffer, behindThem: readonly Buffer[], operand?: Operand, after?: Buffer): Hole =>
    (writer, one) => {
      const pieces = [before];
      for (const each of fixed) if (!addComponent(pieces, each, one)) return false;
      pieces.push(...behindThem);
      if (operand !== undefined && !addComponent(pieces, operand, one)) return false;
      if (after !== undefined) pieces.push(after);
      writer.joined(pieces);
      return true;
    };
  if (low === undefined && high === undefined) return { ends: [], holes: [entry(nothing, [])] };
  const end = (condition: FieldCondition | undefined, open: Hole): [false | Buffer, Hole[]] => {
    if (condition === undefined) return [false, [open]];
    const operand = operandOf(condition);
    const [sign, after] = endOf(condition.operator as RangeOperator);
    if (!operand.isTime) return [false, [entry(sign, [], operand, after)]];
    return [after, [entry(sign, [start]), operand.offset()]];
  };
  const [lowEnd, lowHoles] = end(low, entry(including, [start]));
  const [highEnd, highHoles] = end(high, entry(excluding, [behind]));
  return { ends: [lowEnd, highEnd], holes: [...lowHoles, ...highHoles] };
}

const nothing = Buffer.alloc(0);
const zero = Buffer.alloc(1);

/** Adds a value of an entry (`toComponent`). */
function addComponent(pieces: Buffer[], operand: Operand, one: Templated): boolean {
  const bytes = operand.bytes(one);
  if (bytes === undefined) return false;
  pieces.push(start, bytes);
  if (operand.isText) pieces.push(zero);
  return true;
}

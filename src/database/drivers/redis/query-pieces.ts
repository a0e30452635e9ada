import { ServerTime, type FieldType } from "../../contract.ts";
import type { Condition } from "../../query.ts";
import type { FieldCondition } from "./conditions.ts";
import { writeBytes, writeNumber, type Piece, type Templated } from "./holes.ts";
import type { Layout } from "./layout.ts";
import { behind, endOf, excluding, including, start, toPlan, type Route } from "./plan.ts";
import { toBytes } from "./stored-document.ts";

/** The query of a template as the script is told of it, with holes for its operands. */
export interface QueryPieces {
  readonly index: string;
  readonly isReverse: boolean;
  readonly range: Piece;
  readonly conditions: readonly Piece[];
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
  return {
    ...{ index: index.key, isReverse, range: rangePiece(route, operandOf) },
    conditions: plan.conditions.map((condition) => {
      const { slot, kind, operator } = condition;
      return [slot, kind, operator, operandOf(condition).piece(), false];
    }),
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

  /** The offset of the server's time. */
  offset(): Piece {
    return (writer, { conditions }) => {
      const operand = conditions[this.#place]?.operand;
      return operand instanceof ServerTime && writeNumber(writer, operand.offsetMs);
    };
  }

  piece(): Piece {
    if (this.isTime) return [this.offset()];
    return (writer, one) => writeBytes(writer, this.bytes(one));
  }
}

function rangePiece(
  { equal, low, high }: Route,
  operandOf: (condition: FieldCondition) => Operand,
): Piece {
  const fixed = equal.map(operandOf);
  /** A text of an entry: what is before its equal values, and what is behind them. */
  const entry =
    (before: Buffer, after: readonly (Buffer | Operand)[]): Piece =>
    (writer, one) => {
      const pieces = [before];
      for (const operand of fixed) if (!addComponent(pieces, operand, one)) return false;
      for (const piece of after) {
        if (Buffer.isBuffer(piece)) pieces.push(piece);
        else if (!addComponent(pieces, piece, one)) return false;
      }
      writer.joined(pieces);
      return true;
    };
  const end = (condition: FieldCondition): Piece => {
    const operand = operandOf(condition);
    const [sign, after] = endOf(condition.operator as "gt");
    if (!operand.isTime) return entry(sign, [operand, after]);
    return [entry(sign, [start]), operand.offset(), after];
  };
  if (low === undefined && high === undefined) return entry(nothing, []);
  return [
    low === undefined ? entry(including, [start]) : end(low),
    high === undefined ? entry(excluding, [behind]) : end(high),
  ];
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

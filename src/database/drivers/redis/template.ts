import { ServerTime, type ReadAndWriteOperation, type UpdateOperation } from "../../contract.ts";
import type { Condition } from "../../query.ts";
import { changePieces, type ChangePieces } from "./change-pieces.ts";
import { writeNumber, type Hole, type Templated } from "./holes.ts";
import type { Layout } from "./layout.ts";
import { MessageWriter, Packed, type Packable } from "./message-pack.ts";
import { queryPieces, type QueryPieces } from "./query-pieces.ts";

/**
 * The shape of updates that differ in values only, as nearly all do that a run sends. The script is told it once,
 * with holes, and of each update what is in them.
 */
export class Template {
  /** The shape for the script (`script/shapes.ts`): its parts, one after the other, and how many they are. */
  readonly packed: Packed;
  readonly partCount: number;
  /** The bytes of the shape as a text: the same for the same shape. */
  readonly name: string;
  readonly #model: Templated;
  readonly #holes: readonly Hole[];
  readonly #set: readonly ChangedField[];
  readonly #increment: readonly ChangedField[];
  readonly #leaves: ((one: Templated) => boolean) | undefined;

  private constructor(
    model: Templated,
    layout: Layout,
    { index, isReverse, ends, conditions, holes }: QueryPieces,
    change: ChangePieces,
  ) {
    const isClaim = model.operation.kind === "readAndWrite";
    const select = isClaim ? model.operation.select : undefined;
    const all = [...holes, ...(isClaim ? [writeLimit] : []), ...change.holes];
    const indexes = change.indexes.map(({ parts }) => parts);
    const lists = [...indexes, ends, conditions, change.unset, change.set, change.increment];
    const shape: Packable[] = [
      ...[layout.key, all.length, holes.length],
      ...[index, isReverse, isClaim, indexes.length],
      ...lists.flatMap((list) => [list.length, ...list]),
      ...(select === undefined
        ? [false]
        : [select.length, ...select.map((one) => layout.slotOf(one))]),
    ];
    const writer = new MessageWriter();
    for (const part of shape) writer.value(part);
    this.packed = new Packed(writer.done());
    this.partCount = shape.length;
    this.name = writer.done().toString("latin1");
    this.#model = model;
    this.#set = fieldsOf(model.operation.change.set);
    this.#increment = fieldsOf(model.operation.change.increment);
    this.#holes = all;
    this.#leaves = isClaim ? leaves(model) : undefined;
  }

  /** The template of an update; undefined when the script needs help with it, or an index. */
  static of(one: Templated, layout: Layout): Template | undefined {
    const query = queryPieces(one, layout);
    const change = query === undefined ? undefined : changePieces(one.operation.change, layout);
    if (query === undefined || change === undefined) return undefined;
    return new Template(one, layout, query, change);
  }

  /** How many values it takes. */
  get size(): number {
    return this.#holes.length;
  }

  /** Whether an update is of this shape. */
  fits({ operation, conditions }: Templated): boolean {
    const model = this.#model;
    return (
      operation.kind === model.operation.kind &&
      areAlike(conditions, model.conditions, isAlike) &&
      hasFields(operation.change.set, this.#set) &&
      hasFields(operation.change.increment, this.#increment) &&
      areAlike(operation.change.unset, model.operation.change.unset, Object.is) &&
      operation.change.append === undefined &&
      (operation.kind === "update" || isAlikeReading(operation, model.operation))
    );
  }

  /** Writes what varies; false when there is a value that its field cannot hold. */
  write(writer: MessageWriter, one: Templated): boolean {
    return this.#holes.every((hole) => hole(writer, one));
  }

  /** Whether it takes what it changes from all others that ask by the same query. */
  isExclusive(one: Templated): boolean {
    return this.#leaves?.(one) === true;
  }
}

function writeLimit(writer: MessageWriter, { operation }: Templated): boolean {
  return writeNumber(writer, operation.kind === "readAndWrite" ? (operation.limit ?? 1) : 0);
}

/**
 * Tells whether what claims of this shape change is no longer what they look for: they look for a time that is
 * over, and set a later one.
 */
function leaves({ conditions, operation }: Templated): ((one: Templated) => boolean) | undefined {
  const { set, increment } = operation.change;
  const place = conditions.findIndex(
    ({ path, operator, operand }) =>
      (operator === "$lt" || operator === "$lte") &&
      operand instanceof ServerTime &&
      set?.[path] instanceof ServerTime &&
      increment?.[path] === undefined,
  );
  const path = conditions[place]?.path;
  if (path === undefined) return undefined;
  return (one) => {
    const asked = one.conditions[place]?.operand;
    const now = one.operation.change.set?.[path];
    const areTimes = asked instanceof ServerTime && now instanceof ServerTime;
    return areTimes && asked.offsetMs + leastMs <= now.offsetMs;
  };
}

/** So much that no rounding of a time makes up for it. */
const leastMs = 1;

function areAlike<Item>(
  these: readonly Item[] = [],
  those: readonly Item[] = [],
  alike: (one: Item, other: Item) => boolean,
): boolean {
  if (these === those) return true;
  return these.length === those.length && these.every((one, i) => alike(one, those[i] as Item));
}

function isAlike(one: Condition, other: Condition): boolean {
  return (
    one.path === other.path &&
    one.operator === other.operator &&
    isAlikeValue(one.operand, other.operand)
  );
}

function isAlikeValue(one: unknown, other: unknown): boolean {
  return one !== null && one instanceof ServerTime === other instanceof ServerTime;
}

interface ChangedField {
  readonly field: string;
  readonly value: unknown;
}

function fieldsOf(record: Readonly<Record<string, unknown>> = {}): ChangedField[] {
  const fields = Object.entries(record).map(([field, value]) => ({ field, value }));
  return fields.filter(({ value }) => value !== undefined);
}

/** Whether the same fields are changed, in the same order. */
function hasFields(
  record: Readonly<Record<string, unknown>> | undefined,
  fields: readonly ChangedField[],
): boolean {
  let count = 0;
  for (const field in record) {
    const value = record[field];
    if (value === undefined) continue;
    const known = fields[count];
    if (known?.field !== field || !isAlikeValue(value, known.value)) return false;
    count += 1;
  }
  return count === fields.length;
}

function isAlikeReading(
  one: ReadAndWriteOperation,
  other: UpdateOperation | ReadAndWriteOperation,
): boolean {
  return (
    other.kind === "readAndWrite" &&
    areAlike(one.select, other.select, Object.is) &&
    (one.select === undefined) === (other.select === undefined) &&
    areAlike(
      one.sort,
      other.sort,
      (a, b) => a.field === b.field && (a.descending === true) === (b.descending === true),
    )
  );
}

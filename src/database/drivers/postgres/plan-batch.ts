import type { Operation, OperationResult, UpdateOperation } from "../../contract.ts";
import { claimStatements, removeStatement, updateStatement } from "./change-statements.ts";
import { changedCount, countSetting, type Guard } from "./guard.ts";
import { insertStatements } from "./insert.ts";
import { endOfRun, mergedUpdate } from "./merged-update.ts";
import type { Statement, StatementResult } from "./statement.ts";
import type { Table } from "./table.ts";

/** Statements of a batch, and what their results say of the operations that they carry out. */
export interface Step {
  readonly place: number;
  readonly statements: readonly Statement[];
  readonly read: (results: readonly StatementResult[]) => readonly OperationResult[];
}

export type Changing = Exclude<Operation, { readonly kind: "insert" }>;

/** An operation that is more than SQL can say. */
export interface Decision {
  readonly place: number;
  readonly operation: Changing;
  readonly table: Table;
  /** Whether later operations come after it. */
  readonly isAwaited: boolean;
}

export type PlannedPart = Step | Decision;

export function isStep(part: PlannedPart): part is Step {
  return "statements" in part;
}

/** The table of a collection; undefined when there is none: nothing in it matches. */
export type TableOf = (collection: string) => Table | undefined;

/** How a batch is carried out, part by part in its order. */
export function planBatch(operations: readonly Operation[], tableOf: TableOf): PlannedPart[] {
  const awaited = new Set(operations.flatMap(({ after }) => after ?? []));
  const isFree = (place: number): boolean => {
    const operation = operations[place];
    return operation?.after === undefined && operation?.required !== true && !awaited.has(place);
  };
  const plan: PlannedPart[] = [];
  for (let place = 0; place < operations.length;) {
    const operation = operations[place];
    if (operation === undefined) break;
    const table = tableOf(operation.collection);
    const end = table === undefined ? place + 1 : endOfRun(operations, place, table, isFree);
    if (table !== undefined && end > place + 1) {
      plan.push(mergedStep(table, operations.slice(place, end) as UpdateOperation[], place));
    } else plan.push(partOf(operation, { place, table, isAwaited: awaited.has(place) }));
    place = end;
  }
  return plan;
}

function mergedStep(table: Table, updates: readonly UpdateOperation[], place: number): Step {
  const { statement, counts } = mergedUpdate(table, updates);
  return {
    place,
    statements: [statement],
    read: ([result]) => counts(result).map((count) => ({ count, documents: [] })),
  };
}

interface Where {
  readonly place: number;
  readonly table: Table | undefined;
  readonly isAwaited: boolean;
}

function partOf(operation: Operation, { place, table, isAwaited }: Where): PlannedPart {
  const { after, required } = operation;
  const guard: Guard = {
    after: after === undefined ? undefined : countSetting(after),
    count: isAwaited || required === true ? countSetting(place) : undefined,
    required,
  };
  if (table === undefined) return emptyStep(place, guard);
  if (operation.kind === "readAndWrite") {
    const claim = claimStatements(table, operation, "wait", guard);
    if (claim === undefined) return { place, operation, table, isAwaited };
    const read: Step["read"] = (results) => {
      const documents = claim.documents(results);
      return [{ count: documents.length, documents }];
    };
    return { place, statements: claim.statements, read };
  }
  if (operation.kind === "insert") {
    const statements = insertStatements(table, operation, guard);
    return statements.length === 0 ? emptyStep(place, guard) : changeStep(place, statements, guard);
  }
  const statement =
    operation.kind === "update"
      ? updateStatement(table, operation, guard)
      : removeStatement(table, operation, guard);
  if (statement === undefined) return { place, operation, table, isAwaited };
  return changeStep(place, [statement], guard);
}

function changeStep(place: number, statements: readonly Statement[], guard: Guard): Step {
  return {
    place,
    statements,
    read: (results) => {
      const counts = results.map((result) => changedCount(result, guard));
      return [{ count: counts.reduce((sum, count) => sum + count, 0), documents: [] }];
    },
  };
}

/** An operation that can change nothing. */
function emptyStep(place: number, { count, required }: Guard): Step {
  const statements: Statement[] = [];
  if (count !== undefined) statements.push(keptCount(count, 0));
  if (required === true) statements.push({ sql: "SELECT 1 / $1::bigint", values: ["0"] });
  return { place, statements, read: () => [{ count: 0, documents: [] }] };
}

/** Keeps the count of an operation for those that come after it. */
export function keptCount(setting: string, count: number): Statement {
  return { sql: "SELECT set_config($1, $2, true)", values: [setting, String(count)] };
}

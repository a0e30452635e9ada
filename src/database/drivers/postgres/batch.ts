import type { BatchOutcome, Operation, OperationResult } from "../../contract.ts";
import { decideHere } from "./decided-here.ts";
import { isNothingChanged } from "./errors.ts";
import { countSetting } from "./guard.ts";
import { FailedStatement } from "./pipeline.ts";
import {
  isStep,
  keptCount,
  planBatch,
  type Decision,
  type PlannedPart,
  type Step,
  type TableOf,
} from "./plan-batch.ts";
import type { Session, Transaction } from "./session.ts";
import type { Statement, StatementResult } from "./statement.ts";

/** Thrown through a transaction to undo it when a required operation changed nothing. */
class Undo extends Error {
  readonly failedAt: number;
  constructor(failedAt: number) {
    super("undone");
    this.failedAt = failedAt;
  }
}

/**
 * Carries out the operations of a batch, in order, in one transaction. What SQL can say is sent together: one
 * round trip for the whole batch, unless an operation in it has to be decided here.
 */
export async function applyBatch(
  session: Session,
  operations: readonly Operation[],
  tableOf: TableOf,
): Promise<BatchOutcome> {
  const plan = planBatch(operations, tableOf);
  try {
    // What an operation comes after has to be true for it: others may not change it in between.
    const isTied = operations.some(({ after }) => after !== undefined);
    if (plan.every(isStep) && !isTied) {
      return { applied: true, results: await send(plan, (all) => session.run(all)) };
    }
    const results = await session.transaction(
      async (transaction) => await carryOut(transaction, plan),
      isTied ? "REPEATABLE READ" : "READ COMMITTED",
    );
    return { applied: true, results };
  } catch (error) {
    if (error instanceof Undo) return { applied: false, failedAt: error.failedAt };
    throw error;
  }
}

async function carryOut(
  transaction: Transaction,
  plan: readonly PlannedPart[],
): Promise<OperationResult[]> {
  const results: OperationResult[] = [];
  let pending: Step[] = [];
  for (const part of plan) {
    if (isStep(part)) {
      pending.push(part);
      continue;
    }
    results.push(...(await send(pending, (all) => transaction.run(all))));
    const result = await decide(transaction, part, results);
    results.push(result);
    const kept = keptCount(countSetting(part.place), result.count);
    pending = part.isAwaited ? [{ place: part.place, statements: [kept], read: () => [] }] : [];
  }
  results.push(...(await send(pending, (all) => transaction.commit(all))));
  return results;
}

async function decide(
  transaction: Transaction,
  { operation, table, place }: Decision,
  results: readonly OperationResult[],
): Promise<OperationResult> {
  const { after, required } = operation;
  const isSkipped = after !== undefined && (results[after]?.count ?? 0) === 0;
  const result = isSkipped
    ? { count: 0, documents: [] }
    : await decideHere(transaction, table, operation);
  if (required === true && result.count === 0) throw new Undo(place);
  return result;
}

/** Sends the statements of steps together, and reads what they did. */
async function send(
  steps: readonly Step[],
  run: (statements: readonly Statement[]) => Promise<StatementResult[]>,
): Promise<OperationResult[]> {
  const statements = steps.flatMap((step) => step.statements);
  let given: readonly StatementResult[];
  try {
    given = await run(statements);
  } catch (error) {
    const failed = error instanceof FailedStatement && isNothingChanged(error.cause);
    throw failed ? new Undo(placeOf(steps, error.at)) : error;
  }
  let from = 0;
  return steps.flatMap((step) => {
    const to = from + step.statements.length;
    const results = step.read(given.slice(from, to));
    from = to;
    return results;
  });
}

/** The place of the operation that a statement belongs to. */
function placeOf(steps: readonly Step[], at: number): number {
  let end = 0;
  for (const step of steps) {
    end += step.statements.length;
    if (at < end) return step.place;
  }
  throw new RangeError(`No operation has the statement ${String(at)}`);
}

import { setImmediate as turn } from "node:timers/promises";
import type {
  BatchOutcome,
  Database,
  Operation,
  OperationResult,
} from "../../src/database/contract.ts";
import { createRandom } from "../../src/util/random.ts";

const skipped: OperationResult = { count: 0, documents: [] };

/**
 * A database as one without atomic batches: every operation is carried out for itself, and those of others
 * come in between, few or many. A required operation that changes nothing ends the batch; what came before it stays.
 */
export function oneByOne(database: Database): Database {
  const random = createRandom("one by one");
  const batch = async (operations: readonly Operation[]): Promise<BatchOutcome> => {
    const results: OperationResult[] = [];
    for (const [place, { after, required, ...operation }] of operations.entries()) {
      for (let turns = random.integer(0, 12); turns > 0; turns -= 1) await turn();
      const isSkipped = after !== undefined && (results[after]?.count ?? 0) === 0;
      const outcome = isSkipped ? undefined : await database.batch([operation]);
      const result = outcome?.applied === true ? (outcome.results[0] ?? skipped) : skipped;
      if (required === true && result.count === 0) return { applied: false, failedAt: place };
      results.push(result);
    }
    return { applied: true, results };
  };
  const capabilities = { ...database.capabilities, atomicBatch: false };
  return new Proxy(database, {
    get(target, name) {
      if (name === "batch") return batch;
      if (name === "capabilities") return capabilities;
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      return (...given: unknown[]): unknown => Reflect.apply(value, target, given);
    },
  });
}

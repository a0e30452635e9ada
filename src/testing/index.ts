export {
  describeDatabaseContract,
  type DatabaseContractOptions,
} from "./describe-database-contract.ts";
export type { Exceptions, TestRunner } from "./runner.ts";

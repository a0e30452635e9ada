export {
  describeDatabaseContract,
  type DatabaseContractOptions,
} from "./describe-database-contract.ts";
export {
  describeStorageContract,
  type StorageContractOptions,
} from "./describe-storage-contract.ts";
export type { Exceptions, TestRunner } from "./runner.ts";
export type { StorageSettings } from "./storage/tests.ts";

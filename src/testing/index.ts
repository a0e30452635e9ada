export {
  describeDatabaseContract,
  type DatabaseContractOptions,
} from "./describe-database-contract.ts";
export { describeOutageContract, type OutageContractOptions } from "./describe-outage-contract.ts";
export {
  describeStorageContract,
  type StorageContractOptions,
} from "./describe-storage-contract.ts";
export type { OutageServer, OutageSettings } from "./outage/tests.ts";
export type { Exceptions, TestRunner } from "./runner.ts";
export type { StorageSettings } from "./storage/tests.ts";

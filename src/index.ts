export { AssayError, errorCodes, isAssayError, type ErrorCode } from "./errors/assay-error.ts";
export {
  defineCommand,
  type CommandExperiment,
  type CommandProgram,
} from "./execution/command/define-command.ts";
export {
  defineExperiment,
  isExperiment,
  type AnyExperiment,
  type DefinedExperiment,
  type ExperimentDefinition,
} from "./execution/define-experiment.ts";
export { execute } from "./execution/execute.ts";
export type { ExecutionSummary } from "./execution/run-experiment.ts";
export type { ExecuteOptions } from "./execution/execute-options.ts";
export type { Executor } from "./execution/executor.ts";
export { inline } from "./execution/executors/inline.ts";
export { hybrid } from "./execution/executors/hybrid.ts";
export { processes } from "./execution/executors/processes.ts";
export { serial, threads } from "./execution/executors/threads.ts";
export type { Progress, WorkerActivity } from "./execution/progress.ts";
export type { TrialContext, TrialSnapshot } from "./execution/trial-context.ts";
export type { OutputListener, OutputSource } from "./execution/trial-output.ts";
export { getStore, getTrial } from "./execution/worker/current-trial.ts";
export type { Experiment, TrialCounts } from "./model/experiment.ts";
export type { Objective } from "./model/objective.ts";
export type { AttemptOutput, OutputSegment, OutputStream } from "./model/output.ts";
export type { TrialStatus } from "./model/status.ts";
export type { Attempt, MetricPoint, Snapshot, Trial, TrialError } from "./model/trial.ts";
export {
  choice,
  constant,
  fidelity,
  integer,
  linspace,
  logspace,
  logUniform,
  matched,
  normal,
  parameter,
  repeat,
  uniform,
  variant,
} from "./space/constructors.ts";
export { createSpace, spaceFromDefinition } from "./space/create-space.ts";
export type { Dimension } from "./space/dimension.ts";
export type { ParamsOf, SpaceInput } from "./space/params-of.ts";
export type { Space } from "./space/space.ts";
export { databaseStats } from "./storage/database-stats.ts";
export type { OpenStorageOptions } from "./storage/open-options.ts";
export { openStorage } from "./storage/open-storage.ts";
export type { ClientSource, StorageSource } from "./storage/storage-source.ts";
export type { DatabaseStats, ExperimentStats, StatsOptions } from "./storage/stats/stats.ts";
export type { Storage } from "./storage/storage.ts";
export type { ConflictPolicy, MovedExperiment } from "./storage/transfer/arrivals.ts";
export type { CopyOptions, DatabaseCopy } from "./storage/transfer/copy.ts";
export type { DatabaseExport, ExportOptions } from "./storage/transfer/export.ts";
export type { ExportFormat } from "./storage/transfer/file-format.ts";
export type { DatabaseImport, ImportOptions } from "./storage/transfer/import.ts";
export type { MergeDifference } from "./storage/transfer/merge/differences.ts";
export type {
  DatabaseMerge,
  DifferencePolicy,
  MergedExperiment,
  MergeOptions,
} from "./storage/transfer/merge/merge.ts";
export type { TransferProgress } from "./storage/transfer/progress.ts";
export {
  copyDatabase,
  exportDatabase,
  importDatabase,
  mergeDatabases,
  restoreExperiment,
  type RestorableDefinition,
} from "./storage/transfer-database.ts";
export type { TrialQuery } from "./storage/trial-query.ts";
export { upgradeDatabase, type Upgrade, type UpgradeOptions } from "./storage/upgrade-database.ts";
export type { Invariant } from "./storage/verify/invariants.ts";
export type {
  Problem,
  Remark,
  Repair,
  Verification,
  VerifyOptions,
  VerifyProgress,
} from "./storage/verify/verification.ts";
export { verifyDatabase } from "./storage/verify-database.ts";
export { createRandom, type Random } from "./util/random.ts";

/// <reference lib="esnext.disposable" preserve="true" />
import type { Database } from "../database/contract.ts";
import { createAdministrationStore, type AdministrationStore } from "./administration.ts";
import { createAlgorithmLockStore, type AlgorithmLockStore } from "./algorithm-lock.ts";
import { createArtifactStore, type ArtifactStore } from "./artifacts.ts";
import { createAheadStore, type AheadStore } from "./claim-ahead.ts";
import { createCodeStore, type CodeStore } from "./code.ts";
import type { StorageContext } from "./context.ts";
import { createExperimentStore, type ExperimentStore } from "./experiments.ts";
import { createInsertionStore, type InsertionStore } from "./insertion.ts";
import { createLeaseStore, type LeaseStore } from "./leases.ts";
import { createMetricStore, type MetricStore } from "./metrics.ts";
import { createOutputStore, type OutputStore } from "./output.ts";
import { createRegistrationStore, type RegistrationStore } from "./registration.ts";
import { createRenewalStore, type RenewalStore } from "./renewal.ts";
import { createReportStore, type ReportStore } from "./reports.ts";
import { createRunStore, type RunStore } from "./runs.ts";
import { createSnapshotStore, type SnapshotStore } from "./snapshots.ts";
import { createTrialQueryStore, type TrialQueryStore } from "./trial-query.ts";
import { createTrialReadStore, type TrialReadStore } from "./trials.ts";
import { createViewStore, type ViewStore } from "./views.ts";
import { createWorkerStore, type WorkerStore } from "./worker-operations.ts";

/**
 * The storage protocol: all that can be done with stored experiments, by entity. It keeps the states of
 * trials legal and their leases exclusive, whoever asks.
 */
export interface Storage
  extends
    ExperimentStore,
    TrialReadStore,
    TrialQueryStore,
    RegistrationStore,
    AheadStore,
    InsertionStore,
    LeaseStore,
    ReportStore,
    WorkerStore,
    AdministrationStore,
    RenewalStore,
    SnapshotStore,
    ArtifactStore,
    OutputStore,
    MetricStore,
    AlgorithmLockStore,
    RunStore,
    CodeStore,
    ViewStore,
    AsyncDisposable {
  /** The layer below, for who needs it. Writes to it can break what storage guarantees. */
  readonly database: Database;
  /** Where the data is, without credentials. */
  readonly location: string;
  /** How long a claim lasts without being renewed, in milliseconds. */
  readonly leaseMs: number;
  close(): Promise<void>;
}

/** The protocol over a database that has the schema already. */
export function createStorage(context: StorageContext): Storage {
  const { database } = context;
  const experiments = createExperimentStore(context);
  const trials = createTrialReadStore(context, experiments);
  const leases = createLeaseStore(context);
  const registration = createRegistrationStore(context, leases);
  const reports = createReportStore(context);
  const close = async (): Promise<void> => {
    await database.close();
  };
  return {
    database,
    location: database.location,
    leaseMs: context.leaseMs,
    ...experiments,
    ...trials,
    ...createTrialQueryStore(trials, experiments),
    ...registration,
    ...createAheadStore(context, leases),
    ...createInsertionStore(context, experiments),
    ...leases,
    ...reports,
    ...createWorkerStore(context, experiments, leases, reports),
    ...createAdministrationStore(context, experiments),
    ...createRenewalStore(context, experiments, registration),
    ...createSnapshotStore(context),
    ...createArtifactStore(context),
    ...createOutputStore(context),
    ...createMetricStore(context, experiments),
    ...createAlgorithmLockStore(context, experiments),
    ...createRunStore(context, experiments),
    ...createCodeStore(context),
    ...createViewStore(context, experiments),
    close,
    [Symbol.asyncDispose]: close,
  };
}

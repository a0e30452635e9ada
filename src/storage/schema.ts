import type { CollectionDeclaration } from "../database/contract.ts";

/**
 * The collections of storage, as of `schemaVersion`. A change here is a new version with a migration.
 *
 * Everything of an experiment is stored under its `experiment` key, a small number that is never used twice,
 * and in the order in which it comes, so that a write costs the same in a large database as in a small one.
 */
export const schemaVersion = 1;

const meta: CollectionDeclaration = {
  name: "meta",
  fields: { key: "text", value: "encoded" },
  indexes: [{ fields: ["key"], unique: true }],
};

/** Numbers that only grow: experiment keys, run numbers. */
const counters: CollectionDeclaration = {
  name: "counters",
  fields: { name: "text", value: "integer" },
  indexes: [{ fields: ["name"], unique: true }],
};

const experiments: CollectionDeclaration = {
  name: "experiments",
  fields: {
    key: "integer",
    id: "id",
    /** Absent once the experiment is deleted: nothing under it can be reached then. */
    name: "text",
    version: "integer",
    createdAt: "text",
    space: "encoded",
    spaceHash: "text",
    objectives: "encoded",
    algorithm: "encoded",
    seed: "integer",
    total: "integer",
    maxTrials: "integer",
    position: "integer",
    nextNumber: "integer",
    /** Where the tokens of newly registered trials begin: beyond those of trials that were deleted. */
    tokenBase: "integer",
    /** At least as many as there are trials: what a limit is checked against before they are counted. */
    given: "integer",
    /** Changes with every change of `position`, `nextNumber` and `given`, and with what frees or takes places. */
    revision: "integer",
    code: "text",
    metadata: "encoded",
    /** The name of its view; absent until there is one. */
    view: "text",
    deletedName: "text",
    deletedAt: "text",
  },
  indexes: [
    { fields: ["key"], unique: true },
    { fields: ["id"], unique: true },
    { fields: ["name", "version"], unique: true, sparse: "name" },
    { fields: ["deletedAt"], sparse: "deletedAt" },
  ],
};

const trials: CollectionDeclaration = {
  name: "trials",
  fields: {
    experiment: "integer",
    number: "integer",
    id: "id",
    status: "text",
    /** 0 when open, the end of the lease when reserved, absent when finished. In the database's time. */
    availableAt: "real",
    /** The fencing token: grows with every claim and every administrative change. */
    token: "integer",
    /** Who claimed it: a process (`processIdentity`) and a name within it. */
    holder: "text",
    params: "encoded",
    occurrence: "integer",
    seed: "integer",
    results: "encoded",
    objective: "real",
    metrics: "encoded",
    snapshots: "integer",
    /** The last attempt, running or ended. Earlier ones are in `attempts`. */
    attempt: "integer",
    run: "text",
    worker: "text",
    createdAt: "text",
    startedAt: "text",
    endedAt: "text",
    durationMs: "real",
    error: "encoded",
    /** How the last attempt ended; absent while it runs, and for ever when its worker was lost. */
    outcome: "text",
    /** How many attempts were lost with their coordinator. */
    losses: "integer",
    /** How many attempts failed and were followed by another. */
    failures: "integer",
    /** Where the last attempt continued: `{ attempt, points }` of an earlier one. */
    resumed: "encoded",
  },
  indexes: [
    { fields: ["id"], unique: true },
    { fields: ["experiment", "number"], unique: true },
    { fields: ["experiment", "availableAt", "number"], sparse: "availableAt" },
    { fields: ["experiment", "status", "number"] },
    { fields: ["experiment", "objective", "number"], sparse: "objective" },
  ],
};

const attempts: CollectionDeclaration = {
  name: "attempts",
  fields: {
    experiment: "integer",
    number: "integer",
    attempt: "integer",
    status: "text",
    startedAt: "text",
    endedAt: "text",
    durationMs: "real",
    worker: "text",
    run: "text",
    results: "encoded",
    error: "encoded",
    resumed: "encoded",
  },
  indexes: [{ fields: ["experiment", "number", "attempt"], unique: true }],
};

const metrics: CollectionDeclaration = {
  name: "metrics",
  fields: {
    experiment: "integer",
    number: "integer",
    attempt: "integer",
    chunk: "integer",
    /** How many points the chunk holds, and how many earlier chunks of the attempt held. */
    count: "integer",
    before: "integer",
    points: "encoded",
  },
  indexes: [{ fields: ["experiment", "number", "attempt", "chunk"], unique: true }],
};

const snapshots: CollectionDeclaration = {
  name: "snapshots",
  fields: {
    experiment: "integer",
    number: "integer",
    snapshot: "integer",
    attempt: "integer",
    label: "text",
    createdAt: "text",
    bytes: "integer",
    sha256: "text",
    /** How many metric points the attempt had reported when it was saved. */
    points: "integer",
    /** The last value of each metric then. */
    metrics: "encoded",
    /** The state of the trial's random generator. */
    random: "encoded",
  },
  indexes: [{ fields: ["experiment", "number", "snapshot"], unique: true }],
};

/** The artifacts of trials: names for stored content. Also what has the content of large results (`large-results.ts`). */
const artifacts: CollectionDeclaration = {
  name: "artifacts",
  fields: {
    experiment: "integer",
    number: "integer",
    name: "text",
    attempt: "integer",
    createdAt: "text",
    bytes: "integer",
    sha256: "text",
  },
  indexes: [{ fields: ["experiment", "number", "name"], unique: true }],
};

/** What attempts wrote: the beginning in parts as it came, and one part that is the end. */
const output: CollectionDeclaration = {
  name: "output",
  fields: {
    experiment: "integer",
    number: "integer",
    attempt: "integer",
    part: "integer",
    segments: "encoded",
    /** How many bytes between the beginning and this part, which is the end, were not kept. */
    omittedBytes: "integer",
  },
  indexes: [{ fields: ["experiment", "number", "attempt", "part"], unique: true }],
};

/** Content in chunks, under the hash of the whole; with a count of who has it (`blobs.ts`). */
const blobs: CollectionDeclaration = {
  name: "blobs",
  fields: { experiment: "integer", sha256: "text", chunk: "integer", data: "bytes" },
  indexes: [{ fields: ["experiment", "sha256", "chunk"], unique: true }],
};

const locks: CollectionDeclaration = {
  name: "locks",
  fields: {
    experiment: "integer",
    token: "integer",
    owner: "text",
    /** 0 when free, the end of the lease when held, absent when deleted. In the database's time. */
    expiresAt: "real",
    state: "encoded",
  },
  indexes: [{ fields: ["experiment"], unique: true }],
};

const runs: CollectionDeclaration = {
  name: "runs",
  fields: {
    number: "integer",
    reference: "text",
    experiment: "integer",
    status: "text",
    startedAt: "text",
    endedAt: "text",
    command: "encoded",
    environment: "encoded",
    summary: "encoded",
    holder: "text",
    notes: "text",
    code: "text",
  },
  indexes: [
    { fields: ["number"], unique: true },
    { fields: ["reference"], unique: true },
    { fields: ["experiment", "number"] },
  ],
};

/** Bundled experiment files by hash. */
const code: CollectionDeclaration = {
  name: "code",
  fields: { hash: "text", bundle: "encoded", createdAt: "text" },
  indexes: [{ fields: ["hash"], unique: true }],
};

export const collections: readonly CollectionDeclaration[] = [
  meta,
  counters,
  experiments,
  trials,
  attempts,
  metrics,
  snapshots,
  artifacts,
  output,
  blobs,
  locks,
  runs,
  code,
];

/** The collections whose documents belong to one experiment, in the order in which they are swept. */
export const ownedCollections: readonly string[] = [
  "trials",
  "attempts",
  "metrics",
  "snapshots",
  "artifacts",
  "output",
  "blobs",
  "locks",
  "runs",
];

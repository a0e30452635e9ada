/**
 * What holds in every database, whatever was killed on the way, by stable names. docs/guides/database.md
 * explains each in these words.
 */
export const invariants = {
  database: "The backend finds its own files undamaged, and every document can be read",
  "experiment-definition":
    "The space of an experiment can be read, its hash and size are those stored, and so can its objectives and algorithm",
  "experiment-cursor":
    "What an experiment counts (position, next number, places given out, revision, tokens) is in range, and no smaller than what is there",
  "trial-numbers":
    "Every number that was given out has its trial, and no trial has another number; only deleting trials leaves gaps",
  "trial-identity":
    "The id of a trial is the hash of its experiment's random id and its content key, the hash of its parameters and occurrence",
  "trial-params":
    "The parameters of a trial lie in the space, and those of a grid are at the place that is their number",
  "trial-seed":
    "The seed of a trial is derived from its experiment's seed and its number, or from those that it had where it was merged from",
  "trial-status":
    "The status of a trial is a known one, and agrees with how its last attempt ended",
  "trial-lease":
    "A reserved trial has a token, a holder and a lease; an open one can be claimed, a finished one cannot",
  "trial-results":
    "A completed trial has results that can be read, with a number for every objective; no other trial has an objective",
  "large-results": "Results that are stored as content refer to content that their trial has",
  attempts: "Every attempt of a trial is on record exactly once",
  metrics:
    "The metrics of an attempt are in chunks without a gap, each with as many points as it says",
  snapshots: "The snapshots of a trial are numbered without a gap, and each state can be read",
  output: "What an attempt wrote is in parts without a gap, each of which can be read",
  artifacts: "Every artifact belongs to an attempt of its trial",
  content: "Stored content is complete, and its SHA-256 is the one it is stored under",
  runs: "The record of every run can be read, and says when a run that is over ended",
  code: "Every stored bundle has the hash that it is stored under, and those in use are stored",
  "algorithm-lock": "The lock of an algorithm has a token, and its state can be read",
  counters: "The numbers that are given out once lie behind all that are in use",
  owners:
    "Everything stored belongs to an experiment, and what belongs to a trial to a trial that is there",
} as const;

/** The name of something that holds in every database. */
export type Invariant = keyof typeof invariants;

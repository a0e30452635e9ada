/*
 * Kills the process that imports it at a chosen place between its database operations: as the n-th one is
 * about to be committed, or as soon as it is. To be given by `NODE_OPTIONS=--import`; ASSAY_TEST_KILL_AT is
 * "before 12" or "after 12". ASSAY_TEST_SIGNALS are sent instead, such as "SIGINT SIGINT" for a person who
 * presses Ctrl-C twice. ASSAY_TEST_OPERATIONS names a file to which the operations are listed, one a line.
 *
 * An operation is a transaction, named by its last write, a statement outside of one, or the end of a
 * connection. Threads and child processes are left alone: they have no connection, or renew leases only.
 */
import { appendFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";
import Sqlite from "better-sqlite3";

const { ASSAY_TEST_KILL_AT: killAt = "", ASSAY_TEST_OPERATIONS: list } = process.env;
const signals = (process.env.ASSAY_TEST_SIGNALS ?? "SIGKILL").split(" ");
const [side, place] = killAt.split(" ");
let count = 0;
let lastWrite = "nothing";

/** Runs what is one operation of the database, and dies before or after it when it is its turn. */
function operate(sql, action) {
  count += 1;
  const isChosen = count === Number(place);
  if (list !== undefined) appendFileSync(list, `${sql.replaceAll(/\s+/g, " ").slice(0, 60)}\n`);
  if (isChosen && side === "before") kill();
  const result = action();
  if (isChosen && side === "after") kill();
  return result;
}

function kill() {
  for (const signal of signals) process.kill(process.pid, signal);
}

function execute(sql, isInTransaction, action) {
  if (/^COMMIT/.test(sql)) return operate(`transaction: ${lastWrite}`, action);
  if (/^(BEGIN|ROLLBACK)/.test(sql)) return action();
  lastWrite = sql;
  return isInTransaction ? action() : operate(sql, action);
}

function wrap(prototype, method, facts) {
  const original = prototype[method];
  prototype[method] = function (...args) {
    const action = () => original.apply(this, args);
    const { sql, isWrite, database } = facts(this, args[0]);
    return isWrite ? execute(sql, database.inTransaction, action) : action();
  };
}

if (isMainThread) {
  delete process.env.NODE_OPTIONS;
  const memory = new Sqlite(":memory:");
  const statements = Object.getPrototypeOf(memory.prepare("SELECT 1"));
  memory.close();
  const ofStatement = ({ source, readonly, database }) => {
    return { sql: source, isWrite: !readonly || source === "COMMIT", database };
  };
  for (const method of ["run", "get", "all"]) wrap(statements, method, ofStatement);
  wrap(Sqlite.prototype, "exec", (database, sql) => ({ sql, isWrite: true, database }));
  wrap(Sqlite.prototype, "close", (database) => ({ sql: "close", isWrite: true, database }));
}

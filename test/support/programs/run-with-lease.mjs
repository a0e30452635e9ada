// Executes an experiment file under leases that end sooner than those of the command line:
// run-with-lease FILE URL LEASE_MS EXECUTOR WORKERS. The limit of a trial is ten minutes. Prints the summary
// as JSON.
import { execute, openStorage } from "assay";

const [file, url, leaseMs, executor, workers] = process.argv.slice(2);
const storage = await openStorage(url, { leaseMs: Number(leaseMs) });
const summary = await execute(file, {
  storage,
  executor,
  workers: Number(workers),
  retries: { lost: 1000 },
  timeout: 600_000,
});
await storage.close();
console.log(JSON.stringify(summary));

import { parentPort, workerData } from "node:worker_threads";
import type { Lease } from "../../storage/leases.ts";
import { openStorage } from "../../storage/open-storage.ts";
import { renew, type LeaseThreadData } from "../lease-renewal.ts";

/*
 * The entry of the thread that renews leases while user code may block the coordinator's. It is sent the
 * leases that are held now, and answers with those that were lost.
 */
if (parentPort === null) throw new TypeError("This module is the entry of a worker thread");
const port = parentPort;
const { url, leaseMs } = workerData as LeaseThreadData;
const storage = await openStorage(url, { create: false, leaseMs });
let held: readonly Lease[] = [];
port.on("message", (leases: readonly Lease[]) => {
  held = leases;
});
setInterval(() => {
  void renew(storage, held, (lease) => {
    port.postMessage(lease);
  });
}, leaseMs / 3);

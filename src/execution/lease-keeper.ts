import { Worker } from "node:worker_threads";
import type { ClaimedTrial, Lease, LeaseStore } from "../storage/leases.ts";
import { reopenableUrl } from "../storage/reopening.ts";
import type { Storage } from "../storage/storage.ts";
import { builtFile } from "../util/own-package.ts";
import { threadArguments } from "./thread-arguments.ts";
import { renew, type LeaseThreadData, type OnLost } from "./lease-renewal.ts";

/** Keeps the leases of the trials that this process holds, renewing them at a third of their length. */
export interface LeaseKeeper {
  /** Trials were added to those that are held. That others are held no longer need not be told. */
  update(): void;
  /**
   * Renews now what could not be renewed in time, because this process was stopped: before it claims, lest it
   * takes its own trials over.
   */
  catchUp(): Promise<void>;
  stop(): Promise<void>;
}

type Held = () => Iterable<ClaimedTrial>;

/**
 * Renews from this thread, or, where user code may block it, from a helper thread with a connection of its
 * own. A storage that only this process can open needs no helper: nobody else could take a trial over. One that
 * was opened by a client cannot be opened in another thread.
 */
export function createLeaseKeeper(
  storage: Storage,
  held: Held,
  onLost: OnLost,
  isBlockable: boolean,
): LeaseKeeper {
  const url = isBlockable ? reopenableUrl(storage) : undefined;
  return url === undefined
    ? renewHere(storage, held, onLost)
    : renewInThread({ url, leaseMs: storage.leaseMs }, held, onLost);
}

function renewHere(
  storage: LeaseStore & { readonly leaseMs: number },
  held: Held,
  onLost: OnLost,
): LeaseKeeper {
  let renewedAt = performance.now();
  const renewAll = async (): Promise<void> => {
    renewedAt = performance.now();
    await renew(storage, [...held()], onLost);
  };
  const timer = setInterval(() => void renewAll(), storage.leaseMs / 3);
  timer.unref();
  return {
    update: () => undefined,
    catchUp: async () => {
      if (performance.now() - renewedAt > storage.leaseMs / 2) await renewAll();
    },
    stop: () => {
      clearInterval(timer);
      return Promise.resolve();
    },
  };
}

function renewInThread(workerData: LeaseThreadData, held: Held, onLost: OnLost): LeaseKeeper {
  const worker = new Worker(builtFile("execution/worker/lease-main.js"), {
    ...threadArguments(),
    workerData,
  });
  worker.unref();
  worker.on("message", onLost);
  // Without the helper the leases run out, and whoever takes a trial over fences this process off.
  worker.on("error", () => undefined);
  return {
    update: () => {
      const leases: Lease[] = [];
      for (const { id, token } of held()) leases.push({ id, token });
      worker.postMessage(leases);
    },
    // What blocks this thread blocks its claims too; the helper goes on meanwhile.
    catchUp: () => Promise.resolve(),
    stop: async () => {
      await worker.terminate();
    },
  };
}

import type { ProcessNews } from "../worker/started-processes.ts";

/** The running processes that the code of a thread started, to be ended when the thread is. */
export class ThreadProcesses {
  readonly #running = new Set<number>();

  hear({ process: pid, isRunning }: ProcessNews): void {
    if (isRunning) this.#running.add(pid);
    else this.#running.delete(pid);
  }

  /**
   * Ends them, but for those that were started to live on (`detached`), which lead a process group. What ended
   * unheard is a zombie of this process, so that no id here can belong to another by now.
   */
  end(): void {
    for (const pid of this.#running) {
      if (!signals(-pid, 0)) signals(pid, "SIGKILL");
    }
    this.#running.clear();
  }
}

/** Sends a signal; false when there is nobody to get it. */
function signals(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(target, signal);
  } catch {
    return false;
  }
}

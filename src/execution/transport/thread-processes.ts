import { existsSync, readFileSync } from "node:fs";
import { killTrees, withoutLeaders } from "../../util/process-tree.ts";
import type { ProcessNews } from "../worker/started-processes.ts";

/**
 * The running processes that the code of a thread started, to be ended when the thread is. The thread tells of
 * those that it does not wait for; the system tells of all, where it knows which thread started a process
 * (Linux): also of those for which the thread waits in `execSync` and the like, so that it cannot tell.
 */
export class ThreadProcesses {
  readonly #told = new Set<number>();
  readonly #task: Int32Array;

  /** @param task where the thread writes its number in the system */
  constructor(task: Int32Array) {
    this.#task = task;
  }

  hear({ process: pid, isRunning }: ProcessNews): void {
    if (isRunning) this.#told.add(pid);
    else this.#told.delete(pid);
  }

  /** Whether the thread is still there, as far as the system tells. */
  get isThreadThere(): boolean {
    const path = this.#taskPath;
    return path !== undefined && existsSync(path);
  }

  /**
   * Ends them and all that they started, but for those that were started to live on (`detached`), which lead
   * a process group. What ended unheard is a zombie of this process, so that no id here can belong to another
   * by now.
   * @param all also those that lead a group and of which the thread did not tell: it may wait for them
   */
  end({ all = false }: { readonly all?: boolean } = {}): void {
    const started = this.#started();
    killTrees(withoutLeaders([...this.#told, ...started]));
    if (all) killTrees(started.filter((pid) => !this.#told.has(pid)));
  }

  get #taskPath(): string | undefined {
    const number = Atomics.load(this.#task, 0);
    return number === 0 ? undefined : `/proc/self/task/${String(number)}`;
  }

  /** What the thread started and did not hear the end of. */
  #started(): number[] {
    const path = this.#taskPath;
    if (path === undefined) return [];
    try {
      const pids = readFileSync(`${path}/children`, "utf8").trim();
      return pids === "" ? [] : pids.split(" ").map(Number);
    } catch {
      // The thread is gone.
      return [];
    }
  }
}

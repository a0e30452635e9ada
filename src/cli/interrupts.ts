import { killStarted } from "../util/process-tree.ts";
import { exitCodes } from "./exit-codes.ts";

const signals = ["SIGINT", "SIGTERM"] as const;
/** Takes away what is drawn on the line, a progress bar mostly. */
const clearLine = "\r\u001B[2K";

export interface Interrupts {
  /** Fires at the first interrupt. The second one ends the process. */
  readonly signal: AbortSignal;
  /** Leaves interrupts to the system again. */
  readonly stop: () => void;
}

/**
 * Listens for Ctrl-C and for being asked to end.
 * @param says what is done about it, for the person who waits
 */
export function listenForInterrupts(
  says = "Interrupting: trials in flight are marked interrupted",
): Interrupts {
  const controller = new AbortController();
  const { stderr } = process;
  const interrupt = (): void => {
    if (controller.signal.aborted) {
      // After the threads, whose code would go on with what it waits for.
      process.once("exit", killStarted);
      process.exit(exitCodes.interrupted);
    }
    stderr.write(`${stderr.isTTY ? clearLine : ""}${says}. Press Ctrl-C again to end at once\n`);
    controller.abort();
  };
  for (const signal of signals) process.on(signal, interrupt);
  return {
    signal: controller.signal,
    stop() {
      for (const signal of signals) process.off(signal, interrupt);
    },
  };
}

import { AssayError, isAssayError } from "../errors/assay-error.ts";
import type { TransferOptions } from "../storage/transfer/progress.ts";
import { listenForInterrupts } from "./interrupts.ts";
import type { Terminal } from "./terminal.ts";
import { transferProgress } from "./transfer-text.ts";

interface Transfer<Result> {
  readonly terminal: Terminal;
  /** What it does, as in "Copying". */
  readonly doing: string;
  /** What a person knows who interrupted it. */
  readonly interrupted: string;
  readonly carryOut: (options: Pick<TransferOptions, "onProgress" | "signal">) => Promise<Result>;
}

/** Moves data, and shows how far it is. Ctrl-C ends it in order, which is `INTERRUPTED`; a second one at once. */
export async function carryOutTransfer<Result>({
  terminal,
  doing,
  interrupted,
  carryOut,
}: Transfer<Result>): Promise<Result> {
  const { signal, stop } = listenForInterrupts("Interrupting");
  try {
    return await carryOut({ signal, onProgress: transferProgress(terminal, doing) });
  } catch (error) {
    if (!signal.aborted || isAssayError(error)) throw error;
    throw new AssayError("INTERRUPTED", `Interrupted; ${interrupted}`, { cause: error });
  } finally {
    terminal.endProgress();
    stop();
  }
}

import { isProcessGone } from "../util/boot.ts";

/**
 * Tells of holders of trials and runs whether their process is provably gone. To be made anew for each
 * question: it looks at each process once.
 */
export function holderCheck(): (holder: string) => boolean {
  const gone = new Map<string, boolean>();
  return (holder) => {
    // Behind a space comes a name within the process.
    const process = holder.split(" ")[0] ?? holder;
    const known = gone.get(process) ?? isProcessGone(process);
    gone.set(process, known);
    return known;
  };
}

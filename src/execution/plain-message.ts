import { longText } from "../values/long-text.ts";
import type { Ending, FromWorker, ToWorker } from "./protocol.ts";

/**
 * Whether JSON writes and reads a message as it is, known by its type: so it is with what is said of every trial, where
 * to look at all that is in it would take longer than all else. False where it is not known.
 */
export function isPlainMessage(message: object): boolean {
  const known = message as FromWorker | ToWorker;
  switch (known.type) {
    case "moved":
      return known.ended === undefined || isPlainEnding(known.ended);
    case "run":
      return known.tasks.every(({ params }) => params.length < longText);
    default:
      return false;
  }
}

/** Its results are a text of the codec, unless they are long. */
function isPlainEnding({ results, objective, error }: Ending): boolean {
  if (error !== undefined || typeof results === "object") return false;
  return objective === undefined || (Number.isFinite(objective) && !Object.is(objective, -0));
}

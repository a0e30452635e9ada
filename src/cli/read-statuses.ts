import { AssayError } from "../errors/assay-error.ts";
import { parseTrialStatus, type TrialStatus } from "../model/status.ts";
import type { OptionReader } from "./option-readers.ts";

/** One status of trials, or several with commas between them. */
export const readStatuses: OptionReader<readonly TrialStatus[]> = (text) => {
  try {
    return text.split(",").map((word) => parseTrialStatus(word.trim()));
  } catch (error) {
    throw new AssayError("USAGE", error instanceof Error ? error.message : String(error));
  }
};

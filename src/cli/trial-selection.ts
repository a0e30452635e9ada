import { AssayError } from "../errors/assay-error.ts";
import { parseTrialStatus, type TrialStatus } from "../model/status.ts";
import type { TrialUpdate } from "../storage/administration.ts";
import { didYouMean } from "../util/nearest.ts";
import { readStatuses } from "./read-statuses.ts";

/** Which trials of an experiment are meant: one of them, or those in some states, or all. */
export type Selection =
  | { readonly kind: "number"; readonly number: number }
  /** An id, or the first digits of one. */
  | { readonly kind: "id"; readonly id: string }
  | { readonly kind: "statuses"; readonly statuses: readonly TrialStatus[] }
  | { readonly kind: "all" };

/** How a selection may be written. */
const forms = `'*', status=STATUS, '#NUMBER', or 4 or more digits of an id`;

/** Reads which trials are meant: `*`, `status=broken,pruned`, `id=3f2a`, `3f2a`, `#3`. `USAGE` otherwise. */
export function parseSelection(text: string): Selection {
  if (text === "*") return { kind: "all" };
  const [, number] = /^(?:number=|#)(\d+)$/.exec(text) ?? [];
  if (number !== undefined) return { kind: "number", number: Number(number) };
  const [, id] = /^(?:id=)?([0-9a-f]{4,32})$/.exec(text) ?? [];
  if (id !== undefined) return { kind: "id", id };
  const [, statuses] = /^status=(.*)$/.exec(text) ?? [];
  if (statuses !== undefined)
    return { kind: "statuses", statuses: readStatuses(statuses, "status") };
  const key = text.split("=")[0] ?? text;
  throw new AssayError(
    "USAGE",
    `"${text}" selects no trials${didYouMean(key, ["status", "id", "number"])} (${forms})`,
    { details: { value: text } },
  );
}

const changeable = ["status", "results"];

/** Reads what trials are to become: `status=new`, or `status=completed` and `results=JSON`. `USAGE` otherwise. */
export function parseChanges(
  texts: readonly string[],
): TrialUpdate & { readonly status: TrialStatus } {
  const given = new Map<string, string>();
  for (const text of texts) {
    const at = text.indexOf("=");
    const key = at < 0 ? text : text.slice(0, at);
    if (at < 0 || !changeable.includes(key)) {
      throw usage(
        `"${text}" changes nothing of a trial${didYouMean(key, changeable)} (status=STATUS, results=JSON)`,
      );
    }
    if (given.has(key)) throw usage(`${key} is given twice`);
    given.set(key, text.slice(at + 1));
  }
  const [status, results] = [given.get("status"), given.get("results")];
  if (status === undefined) throw usage("What the trials are to become is missing: status=STATUS");
  const to = parseStatus(status);
  if (to === "reserved" || to === "pruned") {
    throw usage(
      `Only a worker makes a trial ${to} (new, interrupted, suspended, broken, completed)`,
    );
  }
  if ((to === "completed") !== (results !== undefined)) {
    throw usage(
      to === "completed"
        ? `status=completed needs results, as in results='{"loss":0.3}'`
        : `results go with status=completed only, not with ${to}`,
    );
  }
  return results === undefined ? { status: to } : { status: to, results: parseResults(results) };
}

function parseStatus(text: string): TrialStatus {
  try {
    return parseTrialStatus(text);
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error));
  }
}

function parseResults(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AssayError("USAGE", `results takes JSON such as '{"loss":0.3}', not "${text}"`, {
      cause: error,
    });
  }
}

function usage(message: string): AssayError {
  return new AssayError("USAGE", message);
}

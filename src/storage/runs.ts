import type { Database, Document } from "../database/contract.ts";
import { AssayError } from "../errors/assay-error.ts";
import { encodeValue } from "../values/encode.ts";
import { timestamp, type StorageContext } from "./context.ts";
import { nextCount } from "./counters.ts";
import type { ExperimentRef, ExperimentStore } from "./experiments.ts";
import { holderCheck } from "./holders.ts";
import { decodedIn, numberIn, optionalText, textIn } from "./records.ts";

/** `lost` when the run is provably gone, as with its process, and never said how it ended. */
export type RunStatus = "running" | "completed" | "stopped" | "interrupted" | "failed" | "lost";

/** The record of one invocation that executed trials. */
export interface Run {
  readonly number: number;
  /** `<experiment>_<number>_<time>`. */
  readonly reference: string;
  readonly status: RunStatus;
  readonly startedAt: string;
  /** Null while it runs, and for ever when it was lost. */
  readonly endedAt: string | null;
  /** The command line, without the program's path. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, unknown>>;
  readonly summary: Readonly<Record<string, unknown>> | null;
  readonly notes: string | null;
  /** The hash of the code. */
  readonly code: string | null;
}

export interface NewRun {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, unknown>>;
  readonly holder: string;
  readonly notes?: string;
  readonly code?: string;
}

export interface RunStore {
  /**
   * Makes the record of a run, as running. Earlier ones of the experiment whose process is gone are recorded
   * as lost. Throws `NOT_FOUND` when there is no such experiment, or `INVALID_VALUE` when the command or the
   * environment holds what cannot be stored.
   */
  startRun(experiment: ExperimentRef, run: NewRun): Promise<Run>;
  /**
   * Records how far a run is, or how it ended. Throws `NOT_FOUND` when there is no run of that number, or
   * `INVALID_VALUE` when the summary holds what cannot be stored.
   */
  updateRun(
    run: Pick<Run, "number">,
    fields: { readonly status?: RunStatus; readonly summary?: Readonly<Record<string, unknown>> },
  ): Promise<void>;
  /** The runs of an experiment, oldest first. Throws `NOT_FOUND`. */
  getRuns(experiment: ExperimentRef): Promise<Run[]>;
}

/** Read by who may not write: what is recorded as running is lost when its process is gone. */
function statusOf(document: Document, isGone: (holder: string) => boolean): RunStatus {
  const status = textIn(document, "status") as RunStatus;
  return status === "running" && isGone(textIn(document, "holder")) ? "lost" : status;
}

function toRun(document: Document, status: RunStatus): Run {
  return {
    number: numberIn(document, "number"),
    reference: textIn(document, "reference"),
    status,
    startedAt: textIn(document, "startedAt"),
    endedAt: optionalText(document, "endedAt"),
    command: (decodedIn(document, "command") ?? []) as readonly string[],
    environment: (decodedIn(document, "environment") ?? {}) as Readonly<Record<string, unknown>>,
    summary: (decodedIn(document, "summary") ?? null) as Run["summary"],
    notes: optionalText(document, "notes"),
    code: optionalText(document, "code"),
  };
}

/** Records runs whose process is gone as lost, for readers on other machines, who cannot tell. Returns how many. */
export async function recordLostRuns(database: Database, experiment: number): Promise<number> {
  const select = ["number", "status", "holder"];
  const isGone = holderCheck();
  let count = 0;
  for (const run of await database.read("runs", { experiment }, { select })) {
    if (run["status"] !== "running" || statusOf(run, isGone) !== "lost") continue;
    const query = { number: numberIn(run, "number"), status: "running" };
    count += await database.write("runs", { set: { status: "lost" } }, query);
  }
  return count;
}

export function createRunStore(context: StorageContext, experiments: ExperimentStore): RunStore {
  const { database } = context;

  return {
    async startRun(ref, { command, environment, holder, notes, code }) {
      const { key, name } = await experiments.getExperiment(ref);
      await recordLostRuns(database, key);
      const number = await nextCount(context, "run");
      const startedAt = timestamp(context);
      const time = startedAt.slice(0, 19).replaceAll(":", "").replace("T", "-T");
      const document: Document = {
        number,
        reference: `${name}_${String(number)}_${time}`,
        experiment: key,
        status: "running",
        startedAt,
        command: encodeValue(command),
        environment: encodeValue(environment),
        holder,
        notes,
        code,
      };
      try {
        await database.write("runs", document);
      } catch (error) {
        // The connection may have been lost when it was written, and it was written again.
        const [stored] = await database.read("runs", { number });
        const isOurs = ["reference", "holder"].every(
          (field) => stored?.[field] === document[field],
        );
        if (!isOurs) throw error;
      }
      return toRun(document, "running");
    },

    async updateRun({ number }, { status, summary }) {
      const set: Record<string, unknown> = {};
      if (summary !== undefined) set["summary"] = encodeValue(summary);
      if (status !== undefined) set["status"] = status;
      if (status !== undefined && status !== "running") set["endedAt"] = timestamp(context);
      if ((await database.write("runs", { set }, { number })) > 0) return;
      throw new AssayError("NOT_FOUND", `No run number ${String(number)}`);
    },

    async getRuns(ref) {
      const { key } = await experiments.getExperiment(ref);
      const sort = [{ field: "number" }];
      const isGone = holderCheck();
      const documents = await database.read("runs", { experiment: key }, { sort });
      return documents.map((document) => toRun(document, statusOf(document, isGone)));
    },
  };
}

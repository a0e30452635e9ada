import { toErrorData, type ErrorCode } from "../../../errors/assay-error.ts";
import { probeDatabase } from "../../../storage/probe-database.ts";
import { withoutPassword } from "../../../util/url-password.ts";
import { exitCodes } from "../../exit-codes.ts";
import { oneLine } from "../../format-value.ts";
import { chosenStorage, type ChosenStorage } from "../../storage-option.ts";
import type { Terminal } from "../../terminal.ts";
import type { NoFlags, Verb } from "../../verb.ts";

/** A stage as it is told. */
interface ToldStage {
  readonly stage: string;
  readonly ok: boolean;
  readonly message: string;
  readonly warnings?: readonly string[];
  readonly code?: ErrorCode;
  /** What to do about it. */
  readonly next?: string;
}

export const verb: Verb<NoFlags> = {
  options: {},
  examples: [
    ["assay db test", "each stage in a line; exit code 1 with the first that fails"],
    ["assay db test --storage sqlite:data/assay.db", "before it is written into a file"],
    ["assay db test --json | jq .ok", "as JSON"],
  ],
  async run({ globals, terminal }) {
    const stages: ToldStage[] = [];
    let chosen: ChosenStorage | undefined;
    const tell = async (stage: ToldStage): Promise<void> => {
      stages.push(stage);
      if (globals.json !== true && globals.quiet !== true) await writeStage(terminal, stage);
    };
    try {
      chosen = await chosenStorage(globals);
      await tell({ stage: "configuration", ok: true, message: describeChoice(chosen) });
    } catch (error) {
      await tell(failed("configuration", error));
    }
    if (chosen !== undefined) {
      for await (const { stage, message, error, warnings } of probeDatabase(chosen.url)) {
        if (error !== undefined) await tell(failed(stage, error, message));
        else if (warnings === undefined) await tell({ stage, ok: true, message });
        else await tell({ stage, ok: true, message, warnings });
      }
    }
    const ok = stages.every((stage) => stage.ok);
    if (globals.json === true) await terminal.writeJson(toJson(ok, chosen, stages));
    return ok ? exitCodes.done : exitCodes.error;
  },
};

const widest = "configuration".length;

async function writeStage(
  terminal: Terminal,
  { stage, ok, message, warnings = [], next }: ToldStage,
): Promise<void> {
  const { style } = terminal;
  const verdict = ok ? style("good", "ok    ") : style("bad", "failed");
  await terminal.write(`${verdict}  ${stage.padEnd(widest)}  ${oneLine(message)}\n`);
  for (const warning of warnings) {
    await terminal.write(`${style("busy", "weak  ")}  ${" ".repeat(widest)}  ${warning}\n`);
  }
  if (next !== undefined) terminal.note(`Next: ${next}`);
}

function failed(stage: string, error: unknown, says?: string): ToldStage {
  const { code, message } = toErrorData(error);
  const next = nextSteps[code];
  const told = { stage, ok: false, message: withoutPassword(says ?? message), code };
  return next === undefined ? told : { ...told, next };
}

const nextSteps: Readonly<Partial<Record<ErrorCode, string>>> = {
  USAGE: "correct the settings, or write them anew with assay db setup",
  INVALID_VALUE: "assay db setup writes a storage that can be used",
  NOT_FOUND: "name one that exists, or let assay run make it",
  MISSING_DEPENDENCY: "run the command in the message",
  STORAGE_UNAVAILABLE: "see that the path or address is right, and that you may write there",
  STORAGE_FULL: "free some room on that disk",
  SCHEMA_OUTDATED: "assay db upgrade",
  SCHEMA_NEWER: "use the version of Assay that wrote it, or a newer one",
  LOCK_TIMEOUT: "find the process that holds it",
  CORRUPT: "assay db verify says what is damaged; restore it from a copy",
};

function describeChoice({ url, source, file = "" }: ChosenStorage): string {
  const by = {
    flag: "by --storage",
    environment: "by ASSAY_STORAGE",
    project: `by ${file}`,
    user: `by ${file}`,
    default: "for nothing says another",
  }[source];
  return `${withoutPassword(url)}, ${by}`;
}

function toJson(
  ok: boolean,
  chosen: ChosenStorage | undefined,
  stages: readonly ToldStage[],
): object {
  const from = chosen && {
    storage: withoutPassword(chosen.url),
    source: chosen.source,
    file: chosen.file ?? null,
  };
  return { ok, ...(from ?? { storage: null, source: null, file: null }), stages };
}

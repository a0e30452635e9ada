import { upgradeDatabase, type Upgrade } from "../../../storage/upgrade-database.ts";
import { exitCodes, type ExitCode } from "../../exit-codes.ts";
import { processQuestions } from "../../questions.ts";
import { storageUrl } from "../../storage-option.ts";
import type { Terminal } from "../../terminal.ts";
import type { Invocation, Verb } from "../../verb.ts";

interface UpgradeFlags {
  readonly dryRun?: boolean;
}

export const verb: Verb<UpgradeFlags> = {
  options: {
    dryRun: { flag: "--dry-run", says: "say what would be done, and change nothing" },
  },
  examples: [
    ["assay db upgrade", "asks before it changes anything; a SQLite file is copied first"],
    ["assay db upgrade --dry-run", "what there is to do"],
    ["assay db upgrade --yes --json | jq -r .backup", "without a question; where the copy is"],
  ],
  async run({ flags, globals, terminal }) {
    const url = await storageUrl(globals);
    const plan = await upgradeDatabase(url, { dryRun: true });
    if (flags.dryRun === true || plan.steps.length === 0) {
      return await tell({ globals, terminal }, plan, flags.dryRun === true);
    }
    if (!(await isWanted(globals, plan))) {
      terminal.note("Nothing was changed");
      return exitCodes.error;
    }
    const onStep = (step: string): void => terminal.progress(`Upgrading: ${step}`);
    try {
      const upgrade = await upgradeDatabase(url, { onStep });
      return await tell({ globals, terminal }, upgrade, false);
    } finally {
      terminal.endProgress();
    }
  },
};

async function isWanted(globals: Invocation["globals"], plan: Upgrade): Promise<boolean> {
  const { location, from, to } = plan;
  const questions = processQuestions(globals);
  try {
    return await questions.confirm(
      `Every other process that uses ${location} has to be stopped. Upgrade it from schema ${String(from)} to ${String(to)}?`,
    );
  } finally {
    questions.close();
  }
}

async function tell(
  { globals, terminal }: { readonly globals: Invocation["globals"]; readonly terminal: Terminal },
  upgrade: Upgrade,
  isPlan: boolean,
): Promise<ExitCode> {
  const { location, from, to, steps, backup } = upgrade;
  const upgraded = !isPlan && steps.length > 0;
  if (globals.json === true) await terminal.writeJson({ ...upgrade, upgraded });
  else if (steps.length === 0) {
    terminal.note(`${location} has schema ${String(to)}: it is up to date already`);
  } else {
    if (backup !== null)
      terminal.note(`Copied it to ${backup}, which may be deleted when all is well`);
    const done = isPlan ? "would be upgraded" : "was upgraded";
    terminal.note(`${location} ${done} from schema ${String(from)} to ${String(to)}:`);
    for (const step of steps) terminal.note(`  ${step}`);
  }
  return exitCodes.done;
}

import { experimentLabel } from "../../../analysis/trial-label.ts";
import type { Experiment } from "../../../model/experiment.ts";
import type { Storage } from "../../../storage/storage.ts";
import { exitCodes } from "../../exit-codes.ts";
import { processQuestions, type Questions } from "../../questions.ts";
import { withStorage } from "../../storage-option.ts";
import type { NoFlags, Verb } from "../../verb.ts";

/** What became of a lock. */
interface Release {
  /** Who had it; null when nobody had. */
  readonly owner: string | null;
  /** Whether the owner's lease was over. */
  readonly leaseOver: boolean;
  readonly released: boolean;
}

export const verb: Verb<NoFlags> = {
  options: {},
  examples: [
    ["assay db release penguins", "takes the algorithm's lock from who has it; asks first"],
    ["assay db release penguins@2 --yes --json", "without a question, as JSON"],
  ],
  async run({ args: [name = ""], globals, terminal }) {
    const questions = processQuestions(globals);
    try {
      const { experiment, release } = await withStorage(globals, async (storage) => {
        const found = await storage.getExperiment(name);
        return { experiment: found, release: await releaseLock(storage, found, questions) };
      });
      const label = experimentLabel(experiment);
      if (globals.json === true) await terminal.writeJson({ experiment: label, ...release });
      else terminal.note(describe(label, release));
      return release.owner === null || release.released ? exitCodes.done : exitCodes.error;
    } finally {
      questions.close();
    }
  },
};

/** Releases the lock from the owner that was asked about: whoever took it since keeps it, or is asked about. */
async function releaseLock(
  storage: Storage,
  experiment: Experiment,
  questions: Questions,
): Promise<Release> {
  for (;;) {
    const { owner, leftBy } = await storage.getAlgorithmLockInfo(experiment);
    const holder = owner ?? leftBy;
    if (holder === undefined) return { owner: null, leaseOver: false, released: false };
    const found = { owner: holder, leaseOver: owner === null };
    const label = experimentLabel(experiment);
    const question =
      owner === null
        ? `The algorithm lock of ${label} was left by ${holder}, whose lease is over. Release it?`
        : `The algorithm lock of ${label} is held by ${holder}, who loses what it is working out. Release it?`;
    if (!(await questions.confirm(question))) return { ...found, released: false };
    if (await storage.releaseAlgorithmLock(experiment, { owner: holder })) {
      return { ...found, released: true };
    }
  }
}

function describe(label: string, { owner, leaseOver, released }: Release): string {
  if (owner === null) return `Nobody holds the algorithm lock of ${label}; nothing was released`;
  const by = leaseOver ? `left by ${owner}, whose lease was over` : `held by ${owner}`;
  return released
    ? `Released the algorithm lock of ${label}, which was ${by}`
    : `Nothing was released: the algorithm lock of ${label} is still ${by}`;
}

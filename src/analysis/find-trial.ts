import { AssayError } from "../errors/assay-error.ts";
import type { Experiment } from "../model/experiment.ts";
import type { Trial } from "../model/trial.ts";
import type { Storage } from "../storage/storage.ts";

const numbered = /^(.+)#(\d+)$/;

/** True for a text that names a trial by its experiment and number: `penguins#3`, `penguins@2#3`. */
export function isNumberedTrial(text: string): boolean {
  return numbered.test(text);
}

/**
 * The trial that a person names: by its id, by the beginning of it, or by experiment and number.
 * `NOT_FOUND` when there is none.
 */
export async function findTrial(
  storage: Storage,
  text: string,
): Promise<{ readonly trial: Trial; readonly experiment: Experiment }> {
  const found = numbered.exec(text);
  if (found !== null) {
    const experiment = await storage.getExperiment(found[1] ?? "");
    return { trial: await storage.getTrialByNumber(experiment, Number(found[2])), experiment };
  }
  const trial = await withAdvice(storage, text);
  return { trial, experiment: await storage.getExperimentOfTrial(trial.id) };
}

/** What looks like no id at all is likely meant as a number or a name. */
async function withAdvice(storage: Storage, text: string): Promise<Trial> {
  if (/^[0-9a-f]{4,32}$/.test(text)) return await storage.getTrial(text);
  throw new AssayError(
    "NOT_FOUND",
    `No trial "${text}": name it by 4 or more digits of its id, or as EXPERIMENT#NUMBER`,
    { details: { id: text } },
  );
}

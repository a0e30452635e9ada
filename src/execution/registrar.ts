import type { Algorithm, Observation } from "../algorithms/algorithm.ts";
import { AssayError } from "../errors/assay-error.ts";
import type { Experiment } from "../model/experiment.ts";
import { contentKey, trialId } from "../model/identity.ts";
import type { Suggestion } from "../model/suggestion.ts";
import type { Trial } from "../model/trial.ts";
import type { AheadStore } from "../storage/claim-ahead.ts";
import type { Cursor } from "../storage/cursor.ts";
import type { ClaimedTrial } from "../storage/leases.ts";
import type { RegistrationStore } from "../storage/registration.ts";
import type { TrialReadStore } from "../storage/trials.ts";
import { encodeValue } from "../values/encode.ts";

/** Why no more trials were registered. `full`: `maxTrials` leaves no place now. */
export type Extension =
  | { readonly kind: "registered"; readonly claimed: readonly ClaimedTrial[] }
  | { readonly kind: "full" | "exhausted" };

/** What the registrar needs of a storage. */
type RegistrarStorage = RegistrationStore &
  Pick<AheadStore, "trialStates"> &
  Pick<TrialReadStore, "eachTrial">;

/** Registers what the algorithm suggests, together with all other processes that do. */
export class Registrar {
  readonly #storage: RegistrarStorage;
  readonly #experiment: Experiment;
  readonly #algorithm: Algorithm;
  readonly #maxTrials: number;
  readonly #algorithmText: string;
  #isExhausted = false;
  /** What finished in this run before the algorithm heard of earlier runs; undefined from then on. */
  #early: Map<number, Observation> | undefined = new Map();

  constructor(
    storage: RegistrarStorage,
    experiment: Experiment,
    algorithm: Algorithm,
    maxTrials: number,
  ) {
    this.#storage = storage;
    this.#experiment = experiment;
    this.#algorithm = algorithm;
    this.#maxTrials = maxTrials;
    this.#algorithmText = encodeValue(experiment.algorithm);
  }

  /** Registers up to `count` trials more and reserves them for a holder. */
  async extend(count: number, holder: string): Promise<Extension> {
    await this.#replay();
    while (!this.#isExhausted) {
      const cursor = await this.#storage.readCursor(this.#experiment);
      this.#checkAlgorithm(cursor);
      const { suggestions, position, isExhausted } = await this.#algorithm.suggest({
        position: cursor.position,
        count,
        known: async (candidates) => await this.#known(candidates),
      });
      if (suggestions.length === 0 && position === cursor.position) break;
      const registration = await this.#storage.registerTrials(
        this.#experiment,
        cursor,
        suggestions,
        { maxTrials: this.#maxTrials, finalPosition: position, reserveFor: holder },
      );
      if (!registration.moved) continue;
      const { registered, claimed } = registration;
      this.#isExhausted = isExhausted && registered === suggestions.length;
      if (registered > 0) return { kind: "registered", claimed };
      if (suggestions.length > 0) return { kind: "full" };
    }
    return { kind: "exhausted" };
  }

  /** Two algorithms cannot share a position: what one of them has passed, the other may not have proposed. */
  #checkAlgorithm({ algorithm }: Cursor): void {
    if (algorithm === this.#algorithmText) return;
    throw new AssayError(
      "CONFLICT",
      `Another run changed the algorithm of "${this.#experiment.name}"; run it again to go on with that one`,
      { details: { experiment: this.#experiment.name, algorithm } },
    );
  }

  /** Lets the algorithm learn from a trial that finished. */
  observe(observation: Observation): void {
    if (this.#early === undefined) this.#algorithm.observe?.(observation);
    else if (this.#algorithm.observe !== undefined) {
      this.#early.set(observation.number, observation);
    }
  }

  /** Lets the algorithm learn from all that finished before, once. */
  async #replay(): Promise<void> {
    const early = this.#early;
    if (early === undefined) return;
    if (this.#algorithm.observe !== undefined) {
      const where = { status: { $in: ["completed", "broken", "pruned"] } };
      for await (const trial of this.#storage.eachTrial(this.#experiment, { where })) {
        // A trial is heard of before its end is stored, so what is stored is heard of once.
        early.delete(trial.number);
        this.#algorithm.observe(this.#toObservation(trial));
      }
      for (const observation of early.values()) this.#algorithm.observe(observation);
    }
    this.#early = undefined;
  }

  #toObservation({ id, number, status, results, params }: Trial): Observation {
    const [first] = this.#experiment.objectives;
    const value = first === undefined ? undefined : results?.[first.name];
    return {
      id,
      number,
      status: status === "completed" || status === "pruned" ? status : "broken",
      objective: status === "completed" && typeof value === "number" ? value : undefined,
      params: () => params,
    };
  }

  async #known(suggestions: readonly Suggestion[]): Promise<ReadonlySet<Suggestion>> {
    const { id } = this.#experiment;
    const ids = suggestions.map(({ params, occurrence }) =>
      trialId(id, contentKey(params, occurrence)),
    );
    const registered = await this.#storage.trialStates(ids);
    return new Set(suggestions.filter((_, i) => registered.has(ids[i] ?? "")));
  }
}

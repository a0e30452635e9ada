import type { Algorithm, Observation } from "../algorithms/algorithm.ts";
import { AssayError } from "../errors/assay-error.ts";
import type { Experiment } from "../model/experiment.ts";
import { contentKey, trialId } from "../model/identity.ts";
import type { Suggestion } from "../model/suggestion.ts";
import type { ClaimedTrial } from "../storage/leases.ts";
import type { AheadStore } from "../storage/claim-ahead.ts";
import type { Cursor } from "../storage/cursor.ts";
import type { RegistrationStore } from "../storage/registration.ts";
import { encodeValue } from "../values/encode.ts";

/** Why no more trials were registered. `full`: `maxTrials` leaves no place now. */
export type Extension =
  | { readonly kind: "registered"; readonly claimed: readonly ClaimedTrial[] }
  | { readonly kind: "full" | "exhausted" };

/** Registers what the algorithm suggests, together with all other processes that do. */
export class Registrar {
  readonly #storage: RegistrationStore & AheadStore;
  readonly #experiment: Experiment;
  readonly #algorithm: Algorithm;
  readonly #maxTrials: number;
  readonly #algorithmText: string;
  #isExhausted = false;

  constructor(
    storage: RegistrationStore & AheadStore,
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
    this.#algorithm.observe(observation);
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

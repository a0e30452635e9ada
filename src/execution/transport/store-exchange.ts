/** What a thread asks of the others in its process about the store that `setup` builds. */
export type StoreQuestion =
  /** It needs the store. */
  | { readonly store: "wanted" }
  /** It built the store, and here is a copy of it. */
  | { readonly store: "built"; readonly value: unknown }
  /** It built the store, which cannot be copied. */
  | { readonly store: "kept" };

export type StoreAnswer =
  /** It shall build the store, and say so. */
  | { readonly store: "build" }
  /** It shall build one for itself. */
  | { readonly store: "own" }
  | { readonly store: "shared"; readonly value: unknown };

/** A thread, as the exchange reaches it. */
export interface StoreClient {
  answer(answer: StoreAnswer): void;
}

/**
 * Has `setup` run once in a process of several threads: the first one that needs the store builds it, the
 * others get copies, in which shared memory is shared. A store that cannot be copied is built by each.
 */
export class StoreExchange {
  readonly #waiting = new Set<StoreClient>();
  #answer: StoreAnswer | undefined;
  #builder: StoreClient | undefined;

  /** @param threads how many threads the process has; a single one keeps its store to itself */
  constructor(threads: number) {
    if (threads === 1) this.#answer = { store: "own" };
  }

  ask(client: StoreClient, question: StoreQuestion): void {
    switch (question.store) {
      case "wanted":
        if (this.#answer !== undefined) client.answer(this.#answer);
        else if (this.#builder === undefined) this.#haveBuilt(client);
        else this.#waiting.add(client);
        return;
      case "built":
        this.#settle({ store: "shared", value: question.value });
        return;
      case "kept":
        this.#settle({ store: "own" });
    }
  }

  /** A thread is gone; if it was about to build the store, another does. */
  leave(client: StoreClient): void {
    this.#waiting.delete(client);
    if (this.#builder !== client) return;
    this.#builder = undefined;
    const [next] = this.#waiting;
    if (next === undefined) return;
    this.#waiting.delete(next);
    this.#haveBuilt(next);
  }

  #haveBuilt(client: StoreClient): void {
    this.#builder = client;
    client.answer({ store: "build" });
  }

  #settle(answer: StoreAnswer): void {
    this.#builder = undefined;
    this.#answer = answer;
    for (const client of this.#waiting) client.answer(answer);
    this.#waiting.clear();
  }
}

import { createHash } from "node:crypto";
import type { Wire } from "./pool.ts";
import type { Statement } from "./statement.ts";

/** So many statements a connection keeps prepared; what comes after them is prepared each time. */
const mostKept = 400;

type State = "sent" | "ready" | "unknown";

/**
 * Which statements are prepared on which connection, under a name that is made from their text: a connection
 * may be shared with whoever else uses its pool.
 */
export class PreparedNames {
  readonly #names = new Map<string, string>();
  readonly #states = new WeakMap<Wire, Map<string, State>>();
  /** Part of every name: what was forgotten has another one now. */
  #generation = 0;

  /** Prepares a statement unless it is, and returns its name: "" for one that is not kept. */
  prepare(wire: Wire, { sql, once }: Statement): string {
    const states = this.#statesOf(wire);
    const name = once === true ? "" : this.#nameOf(sql);
    const state = name === "" ? undefined : states.get(name);
    if (state === "ready" || state === "sent") return name;
    if (name === "" || (state === undefined && states.size >= mostKept)) {
      wire.parse({ text: sql, name: "" });
      return "";
    }
    // To close one that is not there is no error.
    if (state === "unknown") wire.close({ type: "S", name });
    wire.parse({ text: sql, name });
    states.set(name, "sent");
    return name;
  }

  succeeded(wire: Wire, statements: readonly Statement[]): void {
    this.#settle(wire, statements, "ready");
  }

  /** Those before the one that failed are prepared, those behind it were not looked at. */
  failed(wire: Wire, statements: readonly Statement[], at: number): void {
    this.#settle(wire, statements.slice(0, at), "ready");
    this.#settle(wire, statements.slice(at), "unknown");
  }

  /** To be called when the server does not know what was prepared, or its plans do not fit any more. */
  forget(): void {
    this.#names.clear();
    this.#generation += 1;
  }

  #settle(wire: Wire, statements: readonly Statement[], to: State): void {
    const states = this.#statesOf(wire);
    for (const { sql } of statements) {
      const name = this.#names.get(sql);
      if (name !== undefined && states.get(name) === "sent") states.set(name, to);
    }
  }

  #statesOf(wire: Wire): Map<string, State> {
    let states = this.#states.get(wire);
    if (states === undefined) {
      states = new Map();
      this.#states.set(wire, states);
    }
    return states;
  }

  #nameOf(sql: string): string {
    let name = this.#names.get(sql);
    if (name === undefined) {
      const text = `${String(this.#generation)} ${sql}`;
      name = `assay_${createHash("sha256").update(text).digest("hex").slice(0, 24)}`;
      if (this.#names.size >= 4 * mostKept) this.#names.clear();
      this.#names.set(sql, name);
    }
    return name;
  }
}

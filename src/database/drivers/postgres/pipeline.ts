import type { PreparedNames } from "./prepared-names.ts";
import type { Submittable, Wire } from "./pool.ts";
import type { Statement, StatementResult, Texts } from "./statement.ts";

/** A statement that failed; those before it in the pipeline succeeded, and were undone with it. */
export class FailedStatement extends Error {
  readonly at: number;
  /** Whether anything reached the connection: if not, nothing can have been carried out. */
  readonly isSent: boolean;
  constructor(cause: unknown, at: number, isSent: boolean) {
    super("A statement failed", { cause });
    this.at = at;
    this.isSent = isSent;
  }
}

/**
 * Statements that are sent together and answered together: one round trip. Outside of a transaction block
 * they are one transaction, which is committed before `done` resolves, or undone when one of them fails.
 */
export class Pipeline implements Submittable {
  readonly done: Promise<StatementResult[]>;
  readonly #statements: readonly Statement[];
  readonly #names: PreparedNames;
  readonly #front: number;
  readonly #results: StatementResult[] = [];
  #rows: Texts[] = [];
  #wire: Wire | undefined;
  #resolve: (results: StatementResult[]) => void = () => undefined;
  #reject: (error: FailedStatement) => void = () => undefined;

  /** @param front how many of the statements are before what the caller means by its first */
  constructor(statements: readonly Statement[], names: PreparedNames, front: number) {
    this.#front = front;
    this.#statements = statements;
    this.#names = names;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  submit(wire: Wire): null {
    this.#wire = wire;
    wire.stream.cork?.();
    try {
      for (const statement of this.#statements) {
        const name = this.#names.prepare(wire, statement);
        wire.bind({ statement: name, values: statement.values });
        wire.execute({ portal: "" });
      }
      wire.sync();
    } finally {
      wire.stream.uncork?.();
    }
    return null;
  }

  handleRowDescription(): void {
    // None is asked for: the columns are known.
  }

  handleDataRow({ fields }: { readonly fields: (string | null)[] }): void {
    this.#rows.push(fields);
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    // Such as "UPDATE 3"; of others, such as "BEGIN", there is no number.
    const count = Number(text.slice(text.lastIndexOf(" ") + 1));
    this.#results.push({ rows: this.#rows, count: Number.isNaN(count) ? 0 : count });
    this.#rows = [];
  }

  handleEmptyQuery(): void {
    this.#results.push({ rows: [], count: 0 });
  }

  handleError(error: unknown): void {
    const at = this.#results.length;
    if (this.#wire !== undefined) this.#names.failed(this.#wire, this.#statements, at);
    this.#reject(new FailedStatement(error, at - this.#front, this.#wire !== undefined));
  }

  /** The end of it: only now is it certain that all was committed. */
  handleReadyForQuery(): void {
    if (this.#wire !== undefined) this.#names.succeeded(this.#wire, this.#statements);
    this.#resolve(this.#results);
  }

  handlePortalSuspended(): void {
    // No statement is executed in parts.
  }

  handleCopyInResponse(wire: Wire): void {
    wire.sendCopyFail("Nothing is copied");
  }

  handleCopyData(): void {
    // Nothing is copied.
  }
}

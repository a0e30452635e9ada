import { type Bound } from "./columns.ts";

/** One statement with its parameters. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly Bound[];
  /** Not worth to be kept prepared: it comes once, such as the creation of a table. */
  readonly once?: boolean;
}

/** What a statement gave: each row as the texts of its columns, and how many rows it returned or changed. */
export interface StatementResult {
  readonly rows: readonly Texts[];
  readonly count: number;
}

export type Texts = readonly (string | null)[];

/** The parameters of a statement that is being written. */
export class Parameters {
  readonly values: Bound[] = [];

  /** Adds a parameter and returns what stands for it in the SQL. */
  add(value: Bound): string {
    this.values.push(value);
    return `$${String(this.values.length)}`;
  }
}

export function once(sql: string, values: readonly Bound[] = []): Statement {
  return { sql, values, once: true };
}

import { AssayError } from "../errors/assay-error.ts";
import type { IndexDeclaration, Query, ReadOptions } from "./contract.ts";
import { indexAnswers, indexName } from "./index-rule.ts";
import { parseQuery } from "./query.ts";

export type CheckedOptions = Pick<ReadOptions, "sort" | "limit" | "scan">;

/** Refuses queries of a collection that no index answers. */
export class QueryCheck {
  readonly indexes: readonly IndexDeclaration[];
  readonly #collection: string;
  /** The shapes of queries that were answered: a batch asks by the same fields a thousand times. */
  readonly #answered = new Set<string>();

  constructor(collection: string, indexes: readonly IndexDeclaration[]) {
    this.#collection = collection;
    this.indexes = indexes;
  }

  /** `INVALID_QUERY` unless the query is one and an index answers it. `RangeError` for a limit that is none. */
  check(query: Query, options: CheckedOptions): void {
    checkLimit(options.limit);
    const shape = options.sort === undefined ? shapeOf(query) : undefined;
    if (shape !== undefined && this.#answered.has(shape)) return;
    this.#checkConditions(query, options);
    if (shape !== undefined && options.scan !== true) this.#remember(shape);
  }

  #checkConditions(query: Query, { scan, sort = [] }: CheckedOptions): void {
    const conditions = parseQuery(query);
    if (scan === true) return;
    if (this.indexes.some((index) => indexAnswers(index, conditions, sort))) return;
    const collection = this.#collection;
    const shape = conditions.map((c) => `${c.path} ${c.operator}`).join(", ") || "everything";
    const order =
      sort.length === 0 ? "" : ` in the order of ${sort.map((k) => k.field).join(", ")}`;
    throw new AssayError(
      "INVALID_QUERY",
      `No index of "${collection}" answers a query for ${shape}${order}; declare one, or pass scan`,
      { details: { collection, shape, accepted: this.indexes.map(indexName) } },
    );
  }

  #remember(shape: string): void {
    if (this.#answered.size >= mostShapes) this.#answered.clear();
    this.#answered.add(shape);
  }
}

const mostShapes = 100;

/** The fields of a query that compares each with one text or number; undefined for every other. */
function shapeOf(query: Query): string | undefined {
  let shape = "";
  for (const path in query) {
    const type = typeof query[path];
    if (type !== "string" && type !== "number") return undefined;
    shape += `${String(path.length)} ${path} `;
  }
  return shape;
}

function checkLimit(limit: number | undefined): void {
  if (limit === undefined || (Number.isSafeInteger(limit) && limit >= 0)) return;
  throw new RangeError(`A limit is a whole number from 0, got ${String(limit)}`);
}

import { AssayError } from "../../../errors/assay-error.ts";
import type { BatchOutcome, Operation, OperationResult } from "../../contract.ts";
import type { Catalog } from "./catalog.ts";
import { ChangingPart } from "./changing-part.ts";
import { InsertPart } from "./insert-part.ts";
import type { Answer, Session, Step } from "./session.ts";
import { applyUpdates } from "./updates.ts";

const nothing: OperationResult = { count: 0, documents: [] };

/** Carries out a batch: one script, or several tries of it where JavaScript has to decide on something. */
export async function apply(
  session: Session,
  operations: readonly Operation[],
): Promise<BatchOutcome> {
  if (operations.length === 0) return { applied: true, results: [] };
  for (;;) {
    const catalog = await session.catalog();
    const outcome =
      (await applyUpdates(session, catalog, operations)) ??
      (await new Batch(session, catalog, operations).carryOut());
    if (outcome !== "stale") return outcome;
  }
}

/** A batch under one version of the catalog. */
class Batch {
  readonly #session: Session;
  readonly #catalog: Catalog;
  readonly #parts: readonly (InsertPart | ChangingPart)[];
  readonly #documents: Buffer[] = [];

  constructor(session: Session, catalog: Catalog, operations: readonly Operation[]) {
    this.#session = session;
    this.#catalog = catalog;
    this.#parts = operations.map((operation) => {
      const layout = catalog.layout(operation.collection);
      if (operation.kind === "insert") return new InsertPart(operation, layout, this.#documents);
      return new ChangingPart(operation, layout, operations.length === 1);
    });
  }

  async carryOut(): Promise<BatchOutcome | "stale"> {
    let removed = 0;
    for (;;) {
      const steps = this.#parts.map((part) => this.#toStep(part));
      const answer = await this.#session.run(this.#catalog, steps, this.#documents);
      const [word, place] = answer;
      if (word === "stale") return "stale";
      if (word === "done") {
        const results = (answer[1] as unknown[][]).map((result, i) => this.#toResult(i, result));
        const [only] = this.#parts;
        const isWhole = !(only instanceof ChangingPart) || only.isRemoved(answer[1] as unknown[][]);
        const [first = nothing] = results;
        removed += first.count;
        if (!isWhole) continue;
        if (this.#parts.length > 1) return { applied: true, results };
        return { applied: true, results: [{ ...first, count: removed }] };
      }
      if (word === "required") return { applied: false, failedAt: Number(place) - 1 };
      this.#learn(answer);
    }
  }

  #toStep(part: InsertPart | ChangingPart): Step {
    const { after, required } = part.operation;
    return { ...part.step(), after: after === undefined ? undefined : after + 1, required };
  }

  /** Takes in why the batch was undone. Throws when it cannot be carried out at all. */
  #learn([word, place, ...rest]: Answer): void {
    const part = this.#parts[Number(place) - 1];
    if (word === "duplicate" && part !== undefined) throw duplicate(part.operation, rest[0]);
    if (part instanceof ChangingPart) part.learn(word, rest);
    else throw new AssayError("INTERNAL", `The script of a batch answered "${word}"`);
  }

  #toResult(place: number, [count = 0, ...rest]: readonly unknown[]): OperationResult {
    const part = this.#parts[place];
    if (!(part instanceof ChangingPart) || part.operation.kind !== "readAndWrite") {
      return { count: Number(count), documents: [] };
    }
    return { count: Number(count), documents: count === 0 ? [] : part.documents(rest) };
  }
}

function duplicate({ collection }: Operation, index: unknown): AssayError {
  const fields = `${collection}.${String(index)}`;
  return new AssayError("DUPLICATE", `A document with the same ${fields} exists already`, {
    details: { fields },
  });
}

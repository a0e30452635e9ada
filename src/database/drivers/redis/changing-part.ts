import { createHash } from "node:crypto";
import { AssayError } from "../../../errors/assay-error.ts";
import { changedDocument } from "../../change.ts";
import type { Document, InsertOperation, Operation } from "../../contract.ts";
import { parseQuery, type Condition } from "../../query.ts";
import { cannotIncrement, toChangeMessage, type ChangeMessage } from "./change-message.ts";
import { packCondition, packUndeclared } from "./conditions.ts";
import { packIndexes, type Layout } from "./layout.ts";
import type { Packable } from "./message-pack.ts";
import { packPlan, toPlan, type Plan } from "./plan.ts";
import {
  atTime,
  matching,
  pageBudget,
  projected,
  sorted,
  toCandidates,
  type Candidate,
} from "./reading.ts";
import type { Step } from "./session.ts";
import { packSlots, toDocument, toSlots } from "./stored-document.ts";

type ChangingOperation = Exclude<Operation, InsertOperation>;

/** What was decided here about the documents of an operation. */
interface Decision {
  /** Id, hash of the document as it was seen, the document as it is to be or false; and so on. */
  readonly answer: readonly Packable[];
  readonly documents: readonly Document[];
}

/**
 * An update, a removal or a claim. The script carries it out by itself where it can; else it shows the documents
 * in question, what becomes of them is decided here, and the script makes sure that they are as they were seen.
 */
export class ChangingPart {
  readonly operation: ChangingOperation;
  readonly #layout: Layout;
  readonly #plan: Plan;
  readonly #isAlone: boolean;
  readonly #change: ChangeMessage | undefined;
  /** All conditions as the script decides them; undefined when it cannot. */
  readonly #conditions: readonly Packable[] | undefined;
  readonly #limit: number | undefined;
  #isDecidedHere: boolean;
  #seen: Candidate[] = [];
  #from: Buffer | undefined;
  #decision: Decision | undefined;

  constructor(operation: ChangingOperation, layout: Layout, isAlone: boolean) {
    this.operation = operation;
    this.#layout = layout;
    this.#isAlone = isAlone && operation.required !== true;
    const { sort = [], limit = 1 } = operation.kind === "readAndWrite" ? operation : {};
    this.#limit = operation.kind === "readAndWrite" ? limit : undefined;
    this.#plan = toPlan(parseQuery(operation.query), sort, layout);
    this.#conditions = packAll(this.#plan, layout);
    this.#change =
      operation.kind === "remove" ? undefined : toChangeMessage(layout, operation.change);
    this.#isDecidedHere =
      this.#conditions === undefined ||
      (operation.kind !== "remove" && this.#change === undefined) ||
      !this.#plan.isSorted;
  }

  step(): Step {
    const { packedIndexes, key: data } = this.#layout;
    if (this.#decision !== undefined) {
      return { kind: "replace", data, operation: [packedIndexes, this.#decision.answer] };
    }
    if (this.#isDecidedHere) return this.#ask();
    const limit = this.#limit;
    const plan = packPlan(this.#plan, this.#conditions ?? [], { limit, from: this.#from });
    if (this.operation.kind === "remove" || this.#change === undefined) {
      const budget = this.#isAlone ? pageBudget : false;
      return { kind: "remove", data, operation: [plan, packedIndexes, budget] };
    }
    const { indexes, unset, set, increment } = this.#change;
    const isReturned = this.operation.kind === "readAndWrite";
    const select = this.operation.kind === "readAndWrite" ? this.operation.select : undefined;
    const slots = select?.map((field) => this.#layout.slotOf(field)) ?? false;
    const operation = [plan, packIndexes(indexes), unset, set, increment, isReturned, slots];
    return { kind: "update", data, operation };
  }

  #ask(): Step {
    const isExact = this.#plan.isSorted && !this.#isUndecided;
    const exact = isExact ? this.#conditions : undefined;
    const plan = packPlan(this.#plan, exact ?? this.#plan.conditions.map(packCondition), {
      limit:
        exact === undefined || this.#limit === undefined
          ? undefined
          : this.#limit - this.#seen.length,
      from: this.#from,
    });
    return { kind: "ask", data: this.#layout.key, operation: [plan, pageBudget, false] };
  }

  #isUndecided = false;

  /** Takes in why the script undid the batch at this operation. */
  learn(word: string, rest: readonly unknown[]): void {
    if (word === "undecided") {
      this.#isDecidedHere = true;
      this.#isUndecided = true;
    } else if (word === "changed") {
      this.#decision = undefined;
      this.#seen = [];
      this.#from = undefined;
    } else if (word === "increment" && this.operation.kind !== "remove") {
      throw cannotIncrement(this.#layout, String(rest[0]), this.operation.change);
    } else if (word === "ask") {
      const [now, more, ...answered] = rest as [Buffer, Buffer, ...unknown[]];
      this.#seen.push(...toCandidates(this.#layout, answered));
      this.#from = more.length === 0 ? undefined : more;
      if (this.#from === undefined) this.#decision = this.#decide(Number(now.toString()));
    } else throw new AssayError("INTERNAL", `The script of a batch answered "${word}"`);
  }

  #decide(now: number): Decision {
    const { operation } = this;
    const others = atTime(this.#plan.others, now);
    const found = matching(this.#seen, others, this.#layout);
    const sort = operation.kind === "readAndWrite" ? (operation.sort ?? []) : [];
    const ordered = this.#plan.isSorted ? found : sorted(found, sort, this.#layout);
    const answer: Packable[] = [];
    const documents: Document[] = [];
    for (const { id, bytes, document } of ordered.slice(0, this.#limit)) {
      answer.push(id, createHash("sha1").update(bytes).digest("hex"));
      if (operation.kind === "remove") answer.push(false);
      else {
        const slots = toSlots(this.#layout, changedDocument(document, operation.change, now));
        const changed = packSlots(slots);
        answer.push(changed);
        documents.push(toDocument(this.#layout, changed));
      }
    }
    return { answer, documents };
  }

  /** The documents that a claim returns, from what the script answered. */
  documents(answered: readonly unknown[]): Document[] {
    const { operation } = this;
    const select = operation.kind === "readAndWrite" ? operation.select : undefined;
    const documents =
      this.#decision?.documents ??
      answered.map((bytes) => toDocument(this.#layout, bytes as Buffer));
    return documents.map((document) => projected(document, select));
  }

  /** Whether nothing is left to remove, after a removal that went page by page. */
  isRemoved([result]: readonly unknown[][]): boolean {
    if (this.operation.kind !== "remove" || this.#decision !== undefined) return true;
    const more = result?.[1];
    this.#from = Buffer.isBuffer(more) && more.length > 0 ? more : undefined;
    return this.#from === undefined;
  }
}

/** All conditions of a plan for the script; undefined when it cannot decide one of them. */
function packAll(plan: Plan, layout: Layout): readonly Packable[] | undefined {
  const others = plan.others.map((condition: Condition) => packUndeclared(condition, layout));
  const packed = others.filter((one) => one !== undefined);
  if (packed.length < others.length) return undefined;
  return [...plan.conditions.map(packCondition), ...packed];
}

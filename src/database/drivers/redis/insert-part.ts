import type { InsertOperation } from "../../contract.ts";
import type { Layout } from "./layout.ts";
import type { Packable } from "./message-pack.ts";
import type { Step } from "./session.ts";
import { packSlots, toEntry, toSlots } from "./stored-document.ts";

/** The arguments of the script before the documents. */
const firstDocument = 3;

/** An insert: documents and their entries are made here. */
export class InsertPart {
  readonly operation: InsertOperation;
  readonly #step: Step;

  constructor(operation: InsertOperation, layout: Layout, documents: Buffer[]) {
    this.operation = operation;
    const first = firstDocument + documents.length;
    const entries: Packable[] = [];
    for (const document of operation.documents) {
      const slots = toSlots(layout, document);
      documents.push(packSlots(slots));
      for (const index of layout.indexes) {
        const entry = toEntry(index, slots);
        if (entry === undefined) entries.push(false);
        else entries.push(entry.isWhole ? entry.bytes : [entry.bytes]);
      }
    }
    const { packedIndexes, idsKey, name } = layout;
    const isLenient = operation.ifAbsent === true;
    const count = operation.documents.length;
    const message = [packedIndexes, idsKey, name, count, first, entries, isLenient];
    this.#step = { kind: "insert", data: layout.key, operation: message };
  }

  step(): Step {
    return this.#step;
  }
}

import type { CollectionDeclaration, FieldType, IndexDeclaration } from "../../contract.ts";
import { indexName } from "../../index-rule.ts";
import type { DeclaredFields } from "../../match.ts";
import { isPlainString } from "../../../values/plain.ts";
import { packMessage } from "./message-pack.ts";

/** What the catalog keeps of a field: the short name under which documents hold it. */
export interface StoredField {
  readonly type: FieldType;
  readonly slot: string;
}

/** What the catalog keeps of an index. Until it is ready every write keeps it, and no query uses it. */
export interface StoredIndex extends IndexDeclaration {
  readonly isReady: boolean;
}

/** What the catalog keeps of a collection. */
export interface StoredCollection {
  readonly fields: Readonly<Record<string, StoredField>>;
  readonly indexes: readonly StoredIndex[];
}

/** How a value is kept in an entry of an index: by its own bytes, with an end behind it, or as a hash. */
type ComponentKind = "number" | "id" | "text" | "hash";

export interface Component {
  readonly path: string;
  readonly slot: string;
  readonly kind: ComponentKind;
}

export interface IndexLayout {
  readonly key: string;
  readonly declaration: IndexDeclaration;
  readonly components: readonly Component[];
  /** The slot without which a document has no entry. */
  readonly sparse: string | undefined;
  readonly isReady: boolean;
  /** What the script is told of it. */
  readonly parts: readonly (string | boolean)[];
}

/** Shapes of queries and of changes that are remembered: a program has few. */
export const mostShapes: number = 1000;

/** Where an undeclared field is kept in a document. Slots of declared fields are letters and digits. */
export function undeclaredSlot(field: string): string {
  return isPlainString(field)
    ? `=${field}`
    : `=\0${Buffer.from(field, "utf16le").toString("base64")}`;
}

/** The field that `undeclaredSlot` is of; undefined for the slot of anything else. */
export function undeclaredField(slot: string): string | undefined {
  if (!slot.startsWith("=")) return undefined;
  if (!slot.startsWith("=\0")) return slot.slice(1);
  return Buffer.from(slot.slice(2), "base64").toString("utf16le");
}

/**
 * How a collection is laid out: its documents in one hash by id, and a sorted set for each index. What cannot be
 * an entry of an index as it is (undeclared fields, and paths into values) has a hash of its value beside it in
 * the document, in a slot that begins with "@".
 */
export class Layout {
  readonly name: string;
  /** The key of the documents. */
  readonly key: string;
  /** The key of the counters of ids. */
  readonly idsKey: string;
  readonly fields: ReadonlyMap<string, StoredField>;
  /** Without a prototype, so that no undeclared field is mistaken for one of Object's own. */
  readonly declared: DeclaredFields;
  readonly indexes: readonly IndexLayout[];
  /** The paths that have a hash beside them. */
  readonly hashed: readonly string[];
  /** All indexes as the script is told of them. */
  readonly packedIndexes: Buffer;
  /** The index that answers queries of a shape best (`plan.ts`). */
  readonly choices: Map<string, IndexLayout> = new Map();
  readonly #affected = new Map<string, readonly IndexLayout[]>();

  constructor(base: string, name: string, stored: StoredCollection) {
    this.name = name;
    this.key = base + name;
    this.idsKey = `${base}assay_ids`;
    this.fields = new Map(Object.entries(stored.fields));
    const types = Object.create(null) as Record<string, FieldType>;
    for (const [field, { type }] of this.fields) types[field] = type;
    this.declared = types;
    this.indexes = stored.indexes.map((index) => this.#toIndex(index));
    const all = stored.indexes.flatMap(({ fields, sparse }) =>
      sparse === undefined ? fields : [...fields, sparse],
    );
    this.hashed = [...new Set(all)].filter((path) => this.#componentOf(path).kind === "hash");
    this.packedIndexes = packIndexes(this.indexes);
  }

  /** The indexes in which a change of these fields may move a document. */
  affectedIndexes(fields: readonly string[]): readonly IndexLayout[] {
    const known = fields.join("\0");
    let affected = this.#affected.get(known);
    if (affected === undefined) {
      const slots = new Set(fields.map((field) => this.slotOf(field)));
      affected = this.indexes.filter(
        ({ components, sparse }) =>
          components.some(({ slot }) => slots.has(slot)) ||
          (sparse !== undefined && slots.has(sparse)),
      );
      if (this.#affected.size < mostShapes) this.#affected.set(known, affected);
    }
    return affected;
  }

  /** The slot of a field. */
  slotOf(field: string): string {
    return this.fields.get(field)?.slot ?? undeclaredSlot(field);
  }

  #toIndex(index: StoredIndex): IndexLayout {
    const { isReady, ...declaration } = index;
    const { sparse } = declaration;
    const key = `${this.key}:${indexName(declaration)}`;
    const components = declaration.fields.map((path) => this.#componentOf(path));
    const sparseSlot = sparse === undefined ? undefined : this.#componentOf(sparse).slot;
    const parts = [
      ...[key, declaration.unique === true, sparseSlot ?? false, indexName(declaration)],
      ...components.flatMap(({ slot, kind }) => [slot, kind === "text" ? "\0" : ""]),
    ];
    return {
      ...{ key, declaration, components, isReady },
      sparse: sparseSlot,
      parts,
    };
  }

  #componentOf(path: string): Component {
    const field = this.fields.get(path);
    switch (field?.type) {
      case "integer":
      case "real":
        return { path, slot: field.slot, kind: "number" };
      case "id":
      case "text":
        return { path, slot: field.slot, kind: field.type };
      case "bytes":
      case "encoded":
      case undefined:
        return { path, slot: `@${path}`, kind: "hash" };
    }
  }
}

/** Indexes for the script, in one piece. */
export function packIndexes(indexes: readonly IndexLayout[]): Buffer {
  return packMessage(indexes.map(({ parts }) => parts));
}

const slotDigits = 36;

/** A collection with more fields declared; those that are known keep their slots. */
export function withFields(
  stored: StoredCollection,
  { fields }: Pick<CollectionDeclaration, "fields">,
): StoredCollection {
  const known = new Map(Object.entries(stored.fields));
  for (const [field, type] of Object.entries(fields)) {
    const slot = known.get(field)?.slot ?? known.size.toString(slotDigits);
    known.set(field, { type, slot });
  }
  return { ...stored, fields: Object.fromEntries(known) };
}

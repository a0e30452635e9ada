import type { CollectionDeclaration } from "../../database/contract.ts";

/** A collection with a declared field of every type but `id`. Whatever else a document holds is undeclared. */
const items: CollectionDeclaration = {
  name: "items",
  fields: {
    group: "integer",
    place: "integer",
    label: "text",
    weight: "real",
    content: "bytes",
    params: "encoded",
    dueAt: "real",
  },
  indexes: [
    { fields: ["group", "place"], unique: true },
    { fields: ["group", "dueAt", "place"], sparse: "dueAt" },
    { fields: ["label"], unique: true, sparse: "label" },
  ],
};

/** Documents that belong to an item, as attempts belong to trials. */
const notes: CollectionDeclaration = {
  name: "notes",
  fields: { item: "integer", text: "text" },
  indexes: [{ fields: ["item"], unique: true }],
};

/** Documents that are found by an id. */
const marks: CollectionDeclaration = {
  name: "marks",
  fields: { id: "id", place: "integer" },
  indexes: [{ fields: ["id"], unique: true, sparse: "id" }],
};

export const contractCollections: readonly CollectionDeclaration[] = [items, notes, marks];

/** Lets a query be of any shape. */
export const scan = { scan: true } as const;

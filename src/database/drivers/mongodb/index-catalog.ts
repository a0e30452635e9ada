import type { IndexDescriptionInfo } from "mongodb";
import { AssayError } from "../../../errors/assay-error.ts";
import type { IndexDeclaration } from "../../contract.ts";
import { indexName, isSameIndex } from "../../index-rule.ts";
import { duplicate, isDuplicate, isMissingCollection, isOtherIndex } from "./errors.ts";
import { pathOfStored, storedPath } from "./field-names.ts";
import type { Layout } from "./layout.ts";
import { repeated } from "./repeat.ts";
import type { ServerCollection } from "./server-collection.ts";

/** The indexes of one collection: what the server has is what is declared. */
export class IndexCatalog {
  readonly #collection: ServerCollection;
  readonly #layout: Layout;
  #known: Promise<readonly IndexDeclaration[]> | undefined;

  constructor(collection: ServerCollection, layout: Layout) {
    this.#collection = collection;
    this.#layout = layout;
  }

  /** The indexes as the server has them now. */
  async read(): Promise<readonly IndexDeclaration[]> {
    try {
      const found = await this.#collection.listIndexes().toArray();
      return (found as IndexDescriptionInfo[])
        .filter(({ name }) => name !== "_id_")
        .map(toDeclaration);
    } catch (error) {
      if (isMissingCollection(error)) return [];
      throw error;
    }
  }

  /** The indexes as they were when this handle read or changed them last. */
  async known(): Promise<readonly IndexDeclaration[]> {
    this.#known ??= this.read();
    try {
      return await this.#known;
    } catch (error) {
      this.#known = undefined;
      throw error;
    }
  }

  /** Makes those that are missing. */
  async ensure(wanted: readonly IndexDeclaration[]): Promise<void> {
    this.#known = undefined;
    const present = await this.read();
    const missing = wanted.filter((index) => {
      const same = present.find((one) => indexName(one) === indexName(index));
      if (same !== undefined && !isSameIndex(same, index)) throw this.#conflict(index);
      return same === undefined;
    });
    if (missing.length === 0) return;
    const descriptions = missing.map((index) => this.#toDescription(index));
    try {
      await repeated(async () => await this.#collection.createIndexes(descriptions));
    } catch (error) {
      const [first] = missing;
      if (isDuplicate(error)) throw duplicate(missing.map(indexName).join(", or "), error);
      if (isOtherIndex(error) && first !== undefined) throw this.#conflict(first);
      throw error;
    }
  }

  async drop(index: IndexDeclaration): Promise<void> {
    this.#known = undefined;
    await repeated(async () => await this.#collection.dropIndex(indexName(index)));
  }

  #toDescription(index: IndexDeclaration): {
    key: Record<string, 1>;
    name: string;
    unique?: boolean;
    partialFilterExpression?: Record<string, unknown>;
  } {
    const key = Object.fromEntries(index.fields.map((path) => [this.#stored(path), 1 as const]));
    return {
      key,
      name: indexName(index),
      ...(index.unique === true ? { unique: true } : {}),
      ...(index.sparse === undefined
        ? {}
        : { partialFilterExpression: { [this.#stored(index.sparse)]: { $exists: true } } }),
    };
  }

  #stored(path: string): string {
    const { fields, collection } = this.#layout;
    const [head = ""] = path.split(".");
    if (head !== path && fields[head] !== undefined) {
      throw new AssayError(
        "UNSUPPORTED",
        `MongoDB makes no index inside the field "${head}" of "${collection}", which is kept as one value`,
        { details: { collection, path } },
      );
    }
    return storedPath(path, fields);
  }

  #conflict(index: IndexDeclaration): AssayError {
    const { collection } = this.#layout;
    return new AssayError(
      "CONFLICT",
      `"${collection}" has another index named "${indexName(index)}"; drop it first`,
      { details: { collection, index: indexName(index) } },
    );
  }
}

function toDeclaration({
  key,
  unique,
  partialFilterExpression,
}: IndexDescriptionInfo): IndexDeclaration {
  const [sparse] = Object.keys(partialFilterExpression ?? {});
  return {
    fields: Object.keys(key).map(pathOfStored),
    ...(unique === true ? { unique: true } : {}),
    ...(sparse === undefined ? {} : { sparse: pathOfStored(sparse) }),
  };
}

import { randomUUID } from "node:crypto";
import { decodeValue } from "../../../values/decode.ts";
import { AssayError } from "../../../errors/assay-error.ts";
import { Layout, type StoredCollection } from "./layout.ts";

/** The form in which everything below a prefix is stored. */
export const format = 1;

const nothing: StoredCollection = { fields: {}, indexes: [] };

/** Which collections there are, with their fields and indexes, as of one version. */
export class Catalog {
  /** What every script is told, and compares; empty while there is no catalog. */
  readonly version: string;
  readonly stored: Readonly<Record<string, StoredCollection>>;
  readonly #base: string;
  readonly #layouts = new Map<string, Layout>();

  constructor(base: string, version: string, stored: Readonly<Record<string, StoredCollection>>) {
    this.#base = base;
    this.version = version;
    this.stored = stored;
  }

  /** The identity of the data, which stays as long as the data does. */
  get id(): string {
    return this.version.split(".")[0] ?? "";
  }

  /** The version that follows this one. */
  next(): string {
    const [id = "", count = "0"] = this.version === "" ? [randomUUID()] : this.version.split(".");
    return `${id}.${String(Number(count) + 1)}`;
  }

  collection(name: string): StoredCollection {
    return Object.hasOwn(this.stored, name) ? (this.stored[name] ?? nothing) : nothing;
  }

  layout(name: string): Layout {
    let layout = this.#layouts.get(name);
    if (layout === undefined) {
      layout = new Layout(this.#base, name, this.collection(name));
      this.#layouts.set(name, layout);
    }
    return layout;
  }
}

/** Reads what `HMGET` of a catalog's version, format and collections answered. */
export function parseCatalog(
  base: string,
  location: string,
  [version, stored, collections]: readonly (string | null | undefined)[],
): Catalog {
  if (version === null || version === undefined) return new Catalog(base, "", {});
  if (Number(stored) > format) {
    throw new AssayError(
      "SCHEMA_NEWER",
      `${location} is stored in form ${String(stored)}, written by a newer Assay; this one knows forms up to ${String(format)}`,
    );
  }
  const parsed = decodeValue(collections ?? "{}") as Catalog["stored"];
  return new Catalog(base, version, parsed);
}

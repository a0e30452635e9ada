import type { UpdateFilter } from "mongodb";
import { changedDocument } from "../../change.ts";
import type { Change, Document } from "../../contract.ts";
import { isDuplicate } from "./errors.ts";
import { claimMark } from "./field-names.ts";
import type { Layout, Stored } from "./layout.ts";
import { repeated } from "./repeat.ts";
import type { ServerCollection } from "./server-collection.ts";

/** A document as it was read, with what the server knows it by. */
export interface Found {
  readonly stored: Stored;
  readonly document: Document;
}

/**
 * Changes of documents that the server cannot make by itself: made here, and written if nobody changed the
 * document since it was read.
 */
export class Rewriting {
  readonly #collection: ServerCollection;
  readonly #layout: Layout;

  constructor(collection: ServerCollection, layout: Layout) {
    this.#collection = collection;
    this.#layout = layout;
  }

  /** The document as changed; undefined when somebody else was faster. */
  async change(found: Found, change: Change, now: number): Promise<Found | undefined> {
    const document = changedDocument(found.document, change, now);
    const stored = this.#layout.toStored(document);
    const isWritten = await this.#replace(found.stored, stored);
    return isWritten ? { document, stored: { ...stored, _id: found.stored["_id"] } } : undefined;
  }

  /**
   * Changes several documents that a unique index may forbid: each if it is still as it was read. When one is
   * forbidden, those before it are put back.
   */
  async changeAll(all: readonly Found[], change: Change, now: number): Promise<readonly Found[]> {
    const done: { readonly before: Found; readonly after: Found }[] = [];
    for (const before of all) {
      try {
        const after = await this.change(before, change, now);
        if (after !== undefined) done.push({ before, after });
      } catch (error) {
        if (!isDuplicate(error)) throw error;
        for (const { before: was, after: is } of done.reverse()) {
          await this.#replace(is.stored, was.stored);
        }
        throw error;
      }
    }
    return done.map(({ after }) => after);
  }

  async #replace(from: Stored, to: Stored): Promise<boolean> {
    const set: Stored = {};
    const unset: Record<string, 1> = {};
    const unchanged: Record<string, unknown> = { _id: from["_id"] };
    for (const field of this.#layout.storedFields) {
      const [before, after] = [from[field], to[field]];
      unchanged[field] = before === undefined ? { $exists: false } : { $eq: before };
      if (after !== undefined) set[field] = after;
      else if (before !== undefined) unset[field] = 1;
    }
    const update: UpdateFilter<Stored> = { $unset: { ...unset, [claimMark]: 1 } };
    // MongoDB takes no empty list of changes.
    if (Object.keys(set).length > 0) update.$set = set;
    const { matchedCount } = await repeated(
      async () => await this.#collection.updateOne(unchanged, update),
    );
    return matchedCount > 0;
  }
}

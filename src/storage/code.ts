import { decodedIn } from "./records.ts";
import { encodeValue } from "../values/encode.ts";
import { timestamp, type StorageContext } from "./context.ts";

export interface CodeStore {
  /** Keeps a bundle under the hash that identifies it; once, however often it is saved. */
  saveCode(hash: string, bundle: unknown): Promise<void>;
  /** The bundle of a hash; undefined when it was never saved. */
  getCode(hash: string): Promise<unknown>;
}

export function createCodeStore(context: StorageContext): CodeStore {
  const { database } = context;
  return {
    async saveCode(hash, bundle) {
      const [known] = await database.read("code", { hash }, { select: ["hash"] });
      if (known !== undefined) return;
      const document = {
        hash,
        bundle: encodeValue(bundle, "bundle"),
        createdAt: timestamp(context),
      };
      await database.batch([
        { kind: "insert", collection: "code", documents: [document], ifAbsent: true },
      ]);
    },

    async getCode(hash) {
      const [document] = await database.read("code", { hash });
      return document === undefined ? undefined : decodedIn(document, "bundle");
    },
  };
}

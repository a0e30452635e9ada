import { randomBytes } from "node:crypto";
import type { Filter as MongoFilter, UpdateFilter } from "mongodb";
import type { Document, ReadAndWriteOperation } from "../../contract.ts";
import { claimMark } from "./field-names.ts";
import type { ServerFilter } from "./filter.ts";
import type { Layout, Stored } from "./layout.ts";
import type { Reading } from "./reading.ts";
import { repeated } from "./repeat.ts";
import type { ServerCollection } from "./server-collection.ts";
import { marking, type Update } from "./update.ts";
import { updateEach } from "./updating.ts";

/** Callers that go for the same documents look further ahead, up to so many times of what they want. */
const furthestLook = 16;

/** What is to be found, changed by the server itself, and returned as it is then. */
export interface Claim {
  readonly filter: ServerFilter;
  readonly update: Update;
  readonly sort: Record<string, 1 | -1>;
  readonly limit: number;
  readonly select: ReadAndWriteOperation["select"];
}

/** Changes the first match and returns it as changed. */
export async function claimOne(
  collection: ServerCollection,
  layout: Layout,
  { filter, update, sort, select }: Claim,
): Promise<Document[]> {
  const { value } = await repeated(
    async () =>
      await collection.findOneAndUpdate(
        filter as MongoFilter<Stored>,
        update as UpdateFilter<Stored>,
        {
          sort,
          returnDocument: "after",
          projection: layout.projection(select),
          includeResultMetadata: true,
        },
      ),
  );
  return value === null ? [] : [layout.fromStored(value, select)];
}

/**
 * Changes the first matches and returns them in their order. Each document is changed only while it still
 * matches, under a mark by which it is found again, so that of many callers no two get the same.
 */
export async function claimMany(
  collection: ServerCollection,
  layout: Layout,
  reading: Reading,
  { filter, update, sort, limit, select }: Claim,
): Promise<Document[]> {
  const claimed: Document[] = [];
  const taken: unknown[] = [];
  for (let look = 1; claimed.length < limit;) {
    const wanted = limit - claimed.length;
    const open: ServerFilter = taken.length === 0 ? filter : { ...filter, _id: { $nin: taken } };
    const ahead = await reading.ids(open, sort, wanted * look);
    if (ahead.length === 0) break;
    const from = Math.floor(Math.random() * Math.max(1, ahead.length - wanted + 1));
    const ids = look === 1 ? ahead : ahead.slice(from, from + wanted);
    const mark = newMark();
    const those = { ...filter, _id: { $in: ids } };
    const { matchedCount } = await repeated(
      async () =>
        await collection.updateMany(
          those as MongoFilter<Stored>,
          marking(update, mark) as UpdateFilter<Stored>,
        ),
    );
    const isAlone = matchedCount === ids.length;
    if (matchedCount > 0) {
      const got = await marked(collection, ids, mark, { ...layout.projection(select), _id: 1 });
      taken.push(...got.map(({ _id }) => _id));
      claimed.push(...got.map((stored) => layout.fromStored(stored, select)));
    }
    if (isAlone && ids.length < wanted) break;
    if (!isAlone) look = Math.min(furthestLook, look * 2);
  }
  return claimed;
}

function newMark(): string {
  return randomBytes(12).toString("base64url");
}

/** A claim of at most one document, which has a value in a unique field. */
export interface KeyedClaim {
  readonly field: string;
  readonly value: unknown;
  readonly filter: ServerFilter;
  readonly update: Update;
  readonly select: ReadAndWriteOperation["select"];
}

/** Claims of single documents by one unique field, in two commands; what each got, as changed. */
export async function claimEach(
  collection: ServerCollection,
  layout: Layout,
  claims: readonly KeyedClaim[],
): Promise<Document[][]> {
  const [first] = claims;
  if (first === undefined) return [];
  const mark = newMark();
  const markOf = (place: number): string => `${mark}.${String(place)}`;
  const isGot = await updateEach(
    collection,
    claims.map(({ filter, update }, place) => ({ filter, update: marking(update, markOf(place)) })),
  );
  const got = claims.map((claim, place) => ({ ...claim, place })).filter((_, i) => isGot[i]);
  if (got.length === 0) return claims.map(() => []);
  const filter = {
    [first.field]: { $in: got.map(({ value }) => value) },
    [claimMark]: { $in: got.map(({ place }) => markOf(place)) },
  };
  const found = await collection.find(filter as MongoFilter<Stored>, { batchSize: 1000 }).toArray();
  const byMark = new Map(found.map((stored) => [stored[claimMark], stored]));
  return claims.map(({ select }, place) => {
    const stored = byMark.get(markOf(place));
    return stored === undefined ? [] : [layout.fromStored(stored, select)];
  });
}

/** Those of some documents that have a mark, in the order of their ids. */
async function marked(
  collection: ServerCollection,
  ids: readonly unknown[],
  mark: string,
  projection: Record<string, 0 | 1>,
): Promise<Stored[]> {
  const { _id, ...rest } = projection;
  const isWhole = Object.keys(rest).length === 0;
  const found = await collection
    .find({ _id: { $in: ids }, [claimMark]: mark } as MongoFilter<Stored>, {
      projection: isWhole ? {} : { ...rest, _id: 1 },
      batchSize: 1000,
    })
    .toArray();
  const places = new Map(ids.map((id, place) => [String(id), place]));
  const placeOf = (stored: Stored): number => places.get(String(stored["_id"])) ?? 0;
  return found.sort((a, b) => placeOf(a) - placeOf(b));
}

import { resolve } from "node:path";
import { AssayError } from "../errors/assay-error.ts";
import { didYouMean } from "../util/nearest.ts";

/** A backend that is reached over the network. */
export type ServerKind = "postgres" | "redis" | "mongodb";

/** What a storage URL names. The driver of a server reads the rest of its URL. */
export type StorageLocation =
  | { readonly kind: "memory" }
  | { readonly kind: "sqlite"; readonly path: string; readonly durability: "full" | "normal" }
  | { readonly kind: ServerKind; readonly url: string };

const serverKinds: ReadonlyMap<string, ServerKind> = new Map([
  ["postgres", "postgres"],
  ["postgresql", "postgres"],
  ["redis", "redis"],
  ["rediss", "redis"],
  ["mongodb", "mongodb"],
  ["mongodb+srv", "mongodb"],
]);
const schemes = ["sqlite", "memory", ...serverKinds.keys()] as const;
const scheme = /^([A-Za-z][A-Za-z0-9+.-]+):/;

/**
 * Reads a storage URL: `sqlite:PATH`, `memory:`, a server's URL (`postgres://`, `redis://`, `rediss://`,
 * `mongodb://`, `mongodb+srv://`), or a bare path, which is SQLite.
 * `sqlite:PATH?durability=normal` gives up the last moments before a power cut for speed; `full` is the default.
 * Throws `INVALID_VALUE` on an unknown scheme or option.
 */
export function parseStorageUrl(url: string): StorageLocation {
  const name = scheme.exec(url)?.[1]?.toLowerCase();
  if (name === undefined) return sqlite(url);
  if (name === "memory") return { kind: "memory" };
  if (name === "sqlite") return sqlite(url.slice("sqlite:".length).replace(/^\/\/(?=\/)/, ""));
  const kind = serverKinds.get(name);
  if (kind !== undefined) return { kind, url };
  throw new AssayError(
    "INVALID_VALUE",
    `Unknown storage "${name}:"${didYouMean(name, schemes)} (sqlite:PATH, memory:, postgres://, redis://, mongodb://, or a path)`,
    { details: { scheme: name, accepted: schemes } },
  );
}

/** The same URL with an absolute path. Throws as `parseStorageUrl` does. */
export function resolveStorageUrl(url: string): string {
  const location = parseStorageUrl(url);
  if (location.kind !== "sqlite") return url;
  const { path, durability } = location;
  return `sqlite:${resolve(path)}?durability=${durability}`;
}

function sqlite(text: string): StorageLocation {
  const mark = text.indexOf("?");
  const path = mark < 0 ? text : text.slice(0, mark);
  if (path === "") {
    throw new AssayError("INVALID_VALUE", "A SQLite storage needs a path, such as sqlite:assay.db");
  }
  let durability: "full" | "normal" = "full";
  for (const [option, value] of new URLSearchParams(mark < 0 ? "" : text.slice(mark + 1))) {
    if (option !== "durability") {
      throw new AssayError(
        "INVALID_VALUE",
        `Unknown option "${option}" of a SQLite storage${didYouMean(option, ["durability"])} (durability)`,
      );
    }
    if (value !== "full" && value !== "normal") {
      throw new AssayError("INVALID_VALUE", `durability is full or normal, not "${value}"`);
    }
    durability = value;
  }
  return { kind: "sqlite", path, durability };
}

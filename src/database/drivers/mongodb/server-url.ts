import { AssayError } from "../../../errors/assay-error.ts";

/** What of a MongoDB URL Assay reads itself. */
export interface MongodbUrl {
  /** Without user, password and options. */
  readonly location: string;
  readonly database: string;
  /** The names of its options, in lower case. */
  readonly options: ReadonlySet<string>;
}

const form = /^(mongodb(?:\+srv)?):\/\/([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/i;
const defaultDatabase = "assay";

/** Reads `mongodb://[user:password@]host[:port][,…][/database][?options]`. Throws `INVALID_VALUE`. */
export function parseMongodbUrl(url: string): MongodbUrl {
  const [, scheme = "", authority = "", path = "", query = ""] = form.exec(url) ?? [];
  const hosts = authority.slice(authority.lastIndexOf("@") + 1);
  if (hosts === "") {
    throw new AssayError(
      "INVALID_VALUE",
      "A MongoDB URL is mongodb://[user:password@]host[:port][/database][?options]; this one names no host",
    );
  }
  const database = path === "" ? defaultDatabase : decoded(path);
  if (!/^[^/\\. "$*<>:|?\0]{1,63}$/.test(database)) {
    throw new AssayError(
      "INVALID_VALUE",
      `"${database}" cannot name a database of MongoDB: at most 63 characters without spaces and /\\."$*<>:|?`,
      { details: { database } },
    );
  }
  const options = query.split("&").map((part) => (part.split("=")[0] ?? "").toLowerCase());
  return {
    location: `${scheme.toLowerCase()}://${hosts}/${database}`,
    database,
    options: new Set(options.filter((name) => name !== "")),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

import { AssayError } from "../../../errors/assay-error.ts";
import { didYouMean } from "../../../util/nearest.ts";

/** What the URL of a Redis storage says. */
export interface RedisLocation {
  /** For the client, with credentials and without Assay's options. */
  readonly url: string;
  /** For people, without credentials. */
  readonly location: string;
  readonly prefix: string;
}

const defaultPrefix = "assay";
const options = ["prefix"];
const prefixForm = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,99}$/;

/** Reads `redis://USER:PASSWORD@HOST:PORT/DATABASE?prefix=NAME`. Throws `INVALID_VALUE`. */
export function parseRedisUrl(text: string): RedisLocation {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.hostname === "") {
    throw new AssayError(
      "INVALID_VALUE",
      "The URL of a Redis storage is redis://HOST:PORT, with rediss: for TLS, and before the host USER:PASSWORD@ where they are asked for",
    );
  }
  const database = url.pathname.slice(1);
  if (!/^\d*$/.test(database)) {
    throw new AssayError(
      "INVALID_VALUE",
      `A database of Redis is a number, such as redis://HOST/0, not "${database}"`,
    );
  }
  let prefix = defaultPrefix;
  for (const [option, value] of url.searchParams) {
    if (option !== "prefix") {
      throw new AssayError(
        "INVALID_VALUE",
        `Unknown option "${option}" of a Redis storage${didYouMean(option, options)} (${options.join(", ")})`,
        { details: { option, accepted: options } },
      );
    }
    prefix = checkedPrefix(value);
  }
  url.search = "";
  const place = `${url.protocol}//${url.host}${database === "" ? "" : `/${database}`}`;
  return { url: url.href, location: withPrefix(place, prefix), prefix };
}

/** The prefix of all keys, `assay` unless told. Throws `INVALID_VALUE`. */
export function checkedPrefix(prefix: string = defaultPrefix): string {
  if (prefixForm.test(prefix)) return prefix;
  throw new AssayError(
    "INVALID_VALUE",
    `"${prefix}" cannot be the prefix of a Redis storage: a letter or digit, then letters, digits and _ . : -, at most 100`,
    { details: { prefix } },
  );
}

/** A place with the prefix, where it is not the usual one. */
export function withPrefix(place: string, prefix: string): string {
  return prefix === defaultPrefix ? place : `${place}?prefix=${prefix}`;
}

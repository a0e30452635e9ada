import type { MongoClient as Client, MongoClientOptions } from "mongodb";
import { AssayError } from "../../../errors/assay-error.ts";
import { didYouMean } from "../../../util/nearest.ts";
import type { MongodbUrl } from "./server-url.ts";

/** How the package is imported; tests give another. */
export type ImportClient = () => Promise<{
  readonly MongoClient: new (url: string, options?: MongoClientOptions) => Client;
}>;

const importMongodb: ImportClient = async () => await import("mongodb");

/** Assay's own choices, by the name that the option has in a URL. */
const defaults: Readonly<
  Record<string, readonly [name: keyof MongoClientOptions, value: unknown]>
> = {
  // A server that is down is told soon; whoever can wait repeats.
  serverselectiontimeoutms: ["serverSelectionTimeoutMS", 3000],
  connecttimeoutms: ["connectTimeoutMS", 5000],
  maxpoolsize: ["maxPoolSize", 20],
  // What has to be repeated, Assay repeats, and says so; the client's own way for writes needs a replica set.
  retrywrites: ["retryWrites", false],
  retryreads: ["retryReads", false],
  appname: ["appName", "assay"],
};

/** The options that the client documents for a URL, for the nearest name to a slip. */
const optionNames = [
  "appName",
  "authMechanism",
  "authMechanismProperties",
  "authSource",
  "compressors",
  "connectTimeoutMS",
  "directConnection",
  "heartbeatFrequencyMS",
  "journal",
  "loadBalanced",
  "localThresholdMS",
  "maxConnecting",
  "maxIdleTimeMS",
  "maxPoolSize",
  "maxStalenessSeconds",
  "minPoolSize",
  "proxyHost",
  "proxyPassword",
  "proxyPort",
  "proxyUsername",
  "readConcernLevel",
  "readPreference",
  "readPreferenceTags",
  "replicaSet",
  "retryReads",
  "retryWrites",
  "serverMonitoringMode",
  "serverSelectionTimeoutMS",
  "socketTimeoutMS",
  "srvMaxHosts",
  "srvServiceName",
  "ssl",
  "timeoutMS",
  "tls",
  "tlsAllowInvalidCertificates",
  "tlsAllowInvalidHostnames",
  "tlsCAFile",
  "tlsCertificateKeyFile",
  "tlsCertificateKeyFilePassword",
  "tlsInsecure",
  "w",
  "waitQueueTimeoutMS",
  "wTimeoutMS",
  "zlibCompressionLevel",
] as const;

/**
 * How to make clients for a URL, not connected yet; one was made already to see that it can be. Throws `MISSING_DEPENDENCY` without the package, and
 * `INVALID_VALUE` for what the client does not take.
 */
export async function loadClient(
  url: string,
  { options }: MongodbUrl,
  importClient: ImportClient = importMongodb,
): Promise<() => Client> {
  const { MongoClient } = await importOrTell(importClient);
  checkNames(options);
  const chosen = Object.entries(defaults).filter(([name]) => !options.has(name));
  try {
    const create = (): Client =>
      new MongoClient(url, Object.fromEntries(chosen.map(([, entry]) => entry)));
    create();
    return create;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new AssayError("INVALID_VALUE", `The MongoDB URL is not accepted: ${why}`, {
      cause: error,
    });
  }
}

function checkNames(options: ReadonlySet<string>): void {
  const known = new Set(optionNames.map((name) => name.toLowerCase()));
  for (const name of options) {
    if (known.has(name)) continue;
    throw new AssayError(
      "INVALID_VALUE",
      `Unknown option "${name}" in the MongoDB URL${didYouMean(name, optionNames)} (one of ${optionNames.join(", ")})`,
      { details: { option: name, accepted: optionNames } },
    );
  }
}

async function importOrTell(importClient: ImportClient): ReturnType<ImportClient> {
  try {
    return await importClient();
  } catch (error) {
    throw new AssayError(
      "MISSING_DEPENDENCY",
      "mongodb:// needs the package mongodb: npm install mongodb",
      { details: { package: "mongodb" }, cause: error },
    );
  }
}

import { userInfo } from "node:os";
import { AssayError } from "../errors/assay-error.ts";
import { parseStorageUrl } from "../storage/storage-url.ts";
import { didYouMean } from "../util/nearest.ts";
import type { Questions } from "./questions.ts";

const flag = "--storage URL";
const kinds = ["sqlite", "postgres", "redis", "mongodb"] as const;

type Kind = (typeof kinds)[number];

interface ServerKind {
  readonly port: number;
  /** What a path in the URL names. */
  readonly database: { readonly question: string; readonly otherwise: string };
  /** Who logs in when nobody is named. */
  readonly user: string;
  /** Where else its client finds the password. */
  readonly elsewhere?: string;
}

const servers: Readonly<Record<Exclude<Kind, "sqlite">, ServerKind>> = {
  postgres: {
    port: 5432,
    database: { question: "Database", otherwise: "assay" },
    user: loginName(),
    elsewhere: "~/.pgpass",
  },
  redis: { port: 6379, database: { question: "Database number", otherwise: "0" }, user: "" },
  mongodb: { port: 27_017, database: { question: "Database", otherwise: "assay" }, user: "" },
};

/** Asks where experiments are to be kept. Returns a URL without a password. */
export async function askStorage(questions: Questions): Promise<string> {
  const offered = kinds.filter(isKnown);
  const kind = await questions.ask(`Kind of storage: ${offered.join(", ")}`, {
    flag,
    otherwise: "sqlite",
    read: oneOf(offered),
  });
  if (kind !== "sqlite") return await askServer(questions, kind);
  return await questions.ask("File", {
    flag,
    otherwise: "assay.db",
    read: (path) => `sqlite:${path}`,
  });
}

/** Asks for a server and who logs in. Returns its URL, with the name of a variable for the password. */
export async function askServer(questions: Questions, kind: keyof typeof servers): Promise<string> {
  const { port, database, user, elsewhere } = servers[kind];
  const text = { flag, read: (typed: string) => typed };
  const host = await questions.ask("Host", { flag, otherwise: "localhost", read: readHost });
  const at = await questions.ask("Port", { flag, otherwise: String(port), read: readPort });
  const name = await questions.ask(database.question, { ...text, otherwise: database.otherwise });
  const who = await questions.ask("User, if one has to log in", { ...text, otherwise: user });
  const places = elsewhere === undefined ? "" : ` or where the client looks, as in ${elsewhere}`;
  const variable = await questions.ask(
    `Environment variable that holds the password; none: without one${places}`,
    { flag, otherwise: "", read: readVariable },
  );
  const password = variable === "" ? "" : `:\${${variable}}`;
  const login = who === "" && password === "" ? "" : `${encodeURIComponent(who)}${password}@`;
  return `${kind}://${login}${host}:${String(at)}/${encodeURIComponent(name)}`;
}

/** Whether this Assay can open storages of a kind. */
function isKnown(kind: Kind): boolean {
  try {
    parseStorageUrl(kind === "sqlite" ? "sqlite:assay.db" : `${kind}://localhost/0`);
    return true;
  } catch {
    return false;
  }
}

function oneOf<Word extends string>(words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const word = words.find((candidate) => candidate === text.toLowerCase());
    if (word !== undefined) return word;
    throw refused(`"${text}" is none of ${words.join(", ")}${didYouMean(text, words)}`);
  };
}

function readHost(text: string): string {
  if (/^(?:[\w.-]+|\[[0-9a-f:.]+\])$/i.test(text)) return text;
  throw refused(`"${text}" is no host, such as localhost or 10.0.0.2`);
}

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw refused(`A port is a whole number from 1 to 65535, not "${text}"`);
}

function readVariable(text: string): string {
  const name = /^\$?\{?([A-Za-z_]\w*)\}?$/.exec(text)?.[1];
  if (text === "" || name !== undefined) return name ?? "";
  // What was typed may be the password itself.
  throw refused(
    "That is no name of a variable, such as ASSAY_PASSWORD; a password is never written",
  );
}

function refused(message: string): AssayError {
  return new AssayError("USAGE", message);
}

function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    return "";
  }
}

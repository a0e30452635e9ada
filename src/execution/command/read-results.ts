import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { AssayError } from "../../errors/assay-error.ts";
import { showValue } from "../../space/show-value.ts";
import { didYouMean } from "../../util/nearest.ts";
import { isPlainObject } from "../../values/plain.ts";
import { JsonError, readJson } from "./read-json.ts";

const forms = 'an object such as {"loss": 0.3}, a list of {"name", "type", "value"}, or a number';
const types = ["objective", "constraint", "gradient", "statistic"];

/**
 * What a command found: the JSON of its results file; where it wrote none, its last line on standard output
 * if that is a JSON object. Returns a map, or the bare number that the JSON was. `INVALID_RESULTS` says what
 * is wrong with it, or how results are written.
 */
export async function readResults(path: string, lastLine: string): Promise<object | number> {
  const text = await textOf(path);
  if (text !== undefined) return toResults(parse(text, `Its results file ${basename(path)}`));
  const line = lastLine.trim();
  if (line.startsWith("{")) return toResults(parse(line, "Its last line on standard output"));
  throw invalid(
    `The command left no results; it writes JSON to the file that ASSAY_RESULTS_PATH names, ${forms}, or an object as its last line on standard output`,
  );
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await readFile(path));
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, "code") === "ENOENT") return undefined;
    throw invalid(`The results file ${basename(path)} cannot be read: ${String(error)}`);
  }
}

function parse(text: string, what: string): unknown {
  if (text.trim() === "") throw invalid(`${what} is empty; it takes ${forms}`);
  try {
    return readJson(text);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const place = `position ${String(error.position)}`;
    throw invalid(`${what} is not JSON at ${place}: ${error.message}, in ${showValue(text)}`, {
      position: error.position,
    });
  }
}

function toResults(value: unknown): object | number {
  if (typeof value === "number" || isPlainObject(value)) return value;
  if (Array.isArray(value)) return fromList(value);
  throw invalid(`The results of a command are ${forms}, got ${showValue(value)}`);
}

/** Oríon's form: one entry a result. */
function fromList(entries: readonly unknown[]): object {
  const results = new Map<string, unknown>();
  for (const [i, entry] of entries.entries()) {
    const place = `results[${String(i)}]`;
    const { name, type, value }: Readonly<Record<string, unknown>> = isPlainObject(entry)
      ? entry
      : {};
    if (typeof name !== "string" || typeof type !== "string" || value === undefined) {
      throw invalid(
        `${place} is no {"name": TEXT, "type": TEXT, "value": VALUE}, got ${showValue(entry)}`,
      );
    }
    if (!types.includes(type)) {
      const nearest = didYouMean(type, types);
      throw invalid(`${place} has the unknown type "${type}"${nearest} (${types.join(", ")})`);
    }
    if (results.has(name)) throw invalid(`${place} has the name "${name}" of one before it`);
    results.set(name, value);
  }
  return Object.fromEntries(results);
}

function invalid(message: string, details: Readonly<Record<string, unknown>> = {}): AssayError {
  return new AssayError("INVALID_RESULTS", message, { details });
}

import { didYouMean } from "../../util/nearest.ts";
import { Dimension, type RawDimension } from "../dimension.ts";
import { families } from "../distributions/families.ts";
import { type Family } from "../distributions/family.ts";
import { invalidSpace } from "../invalid-space.ts";
import { type Call, parseCall } from "./call.ts";
import { parseChoices } from "./parse-choices.ts";
import { checkArguments } from "./check-arguments.ts";

/** The arguments of a distribution, and the fields that they become. */
interface Signature {
  /** Arguments that may be given by position, in order. */
  readonly args: readonly (readonly [argument: string, field: string])[];
  /** Arguments that are given by name only. */
  readonly options: readonly (readonly [argument: string, field: string])[];
}

interface Distribution extends Signature {
  readonly kind: string;
}

const bounds = [
  ["low", "low"],
  ["high", "high"],
] as const;
const common = [
  ["discrete", "discrete"],
  ["default_value", "default"],
  ["shape", "shape"],
  ["precision", "precision"],
] as const;
const location = [
  ["loc", "mean"],
  ["scale", "deviation"],
] as const;

const uniform: Distribution = { kind: "uniform", args: bounds, options: common };
const logUniform: Distribution = { kind: "logUniform", args: bounds, options: common };
const normal: Distribution = { kind: "normal", args: location, options: [...bounds, ...common] };
const fidelity: Distribution = {
  kind: "fidelity",
  args: [...bounds, ["base", "base"]],
  options: [],
};

const evenly: Distribution = {
  kind: "linspace",
  args: [
    ["min", "min"],
    ["max", "max"],
    ["count", "count"],
  ],
  options: [],
};

/**
 * Oríon's names, of which the first of those that mean the same is the one in canonical prior strings; and
 * the ranges of Assay, which are grids.
 */
const distributions: ReadonlyMap<string, Distribution> = new Map([
  ["uniform", uniform],
  ["loguniform", logUniform],
  ["reciprocal", logUniform],
  ["normal", normal],
  ["norm", normal],
  ["gaussian", normal],
  ["fidelity", fidelity],
  ["linspace", evenly],
  ["logspace", { ...evenly, kind: "logspace" }],
]);

/** True for a text of the form `word(…)`, which is a prior; every other text is a constant. */
export function isPriorText(text: string): boolean {
  const word = /^\s*\+?\s*([\p{L}_][\p{L}\p{N}_.]*)\(/u.exec(text)?.[1];
  // What begins as a known prior is meant to be one, even if its end is missing; but "f(x) = 2" is a text.
  if (word !== undefined && word.length > 1 && isKnown(word)) return true;
  return /^\s*\+?\s*[\p{L}_][\p{L}\p{N}_.]*\(.*\)\s*$/su.test(text);
}

function isKnown(word: string): boolean {
  return word === "choices" || distributions.has(word) || families.has(word);
}

/**
 * The dimension that a prior string describes, such as "loguniform(1e-5, 1, precision=2)".
 * The text is parsed, never evaluated; a `+` before it is dropped. Its numbers are checked by the
 * space that it becomes part of. `INVALID_SPACE` for what cannot be read, with the parameter's `name`.
 */
export function parsePrior(text: string, name = ""): Dimension {
  const word = /^\s*\+?\s*([^\s(]+)/u.exec(text)?.[1];
  if (word === undefined || !isPriorText(text)) {
    throw invalidSpace(name, `"${text}" is no prior; one reads as "uniform(0, 1)"`);
  }
  if (!isKnown(word)) throw unknownDistribution(word, text, name);
  const call = parseCall(text.replace(/^\s*\+/, ""), name);
  return new Dimension(toDimension(word, call, name));
}

function toDimension(word: string, call: Call, name: string): RawDimension {
  const distribution = distributions.get(word);
  if (distribution !== undefined) {
    return { ...bind(call, distribution, name), kind: distribution.kind };
  }
  const family = families.get(word);
  return family === undefined ? parseChoices(call, name) : bindFamily(call, word, family, name);
}

/** Its shape parameters stay together: their names are scipy's, and no options of a dimension. */
function bindFamily(call: Call, word: string, family: Family, name: string): RawDimension {
  const shapes = Object.keys(family.shapes);
  const args = [...shapes, "loc", ...(family.discrete === true ? [] : ["scale"])];
  const given = bind(
    call,
    { args: args.map((argument) => [argument, argument]), options: [...bounds, ...common] },
    name,
  );
  const isShape = ([field]: readonly [string, unknown]): boolean => shapes.includes(field);
  const entries = Object.entries(given);
  return {
    ...Object.fromEntries(entries.filter((entry) => !isShape(entry))),
    kind: "distribution",
    name: word,
    parameters: Object.fromEntries(entries.filter(isShape)),
  };
}

function bind(
  call: Call,
  { args, options }: Signature,
  name: string,
): Readonly<Record<string, unknown>> {
  if (call.positional.length > args.length) {
    const wanted = args.map(([argument]) => argument).join(", ");
    const count = call.positional.length;
    throw invalidSpace(name, `${call.function} takes ${wanted}, got ${count} arguments`);
  }
  const fields = new Map<string, string>([...args, ...options]);
  checkArguments(call, [...fields.keys()], name);
  const given = new Map(call.keywords);
  for (const [index, [argument]] of args.slice(0, call.positional.length).entries()) {
    if (given.has(argument)) {
      throw invalidSpace(name, `${call.function} got its argument "${argument}" twice`);
    }
    given.set(argument, call.positional[index]);
  }
  return Object.fromEntries(
    [...given].map(([argument, value]) => [fields.get(argument) ?? argument, value]),
  );
}

function unknownDistribution(word: string, text: string, name: string): Error {
  if (word === "randint") {
    return invalidSpace(name, "randint is not supported; use uniform(low, high, discrete=True)");
  }
  const own = [...distributions.keys(), "choices"];
  const nearest = didYouMean(word, [...own, ...families.keys()]);
  const accepted = `${own.join(", ")}, or a name of scipy.stats that docs/guides/spaces.md lists`;
  return invalidSpace(
    name,
    `unknown distribution "${word}"${nearest} (${accepted}; constant("${text}") keeps a text as it is)`,
  );
}

import { didYouMean } from "../../util/nearest.ts";
import { createRandom, type Random } from "../../util/random.ts";
import { isPlainObject } from "../../values/plain.ts";
import { type RawDimension } from "../dimension.ts";
import { type ShapeParameters } from "../definition.ts";
import { type Domain } from "../distributions/domains.ts";
import { families } from "../distributions/families.ts";
import { type Family, type Interval, supportOf } from "../distributions/family.ts";
import { invalidSpace } from "../invalid-space.ts";
import { pythonLiteral } from "../prior/python-literal.ts";
import { createFieldReader, type FieldReader, showRaw } from "./fields.ts";
import { type Leaf } from "./leaf.ts";
import { isNumberBetween } from "./number-between.ts";
import {
  createPriorLeaf,
  numericPriorFields,
  rangeText,
  readNumericOptions,
} from "./numeric-prior.ts";

/** How often a number is drawn for one that is finite and within the bounds: when the space is made, ... */
const triesToDefine = 10_000;
/** ... and for each number of a trial, so often that what passed the first test does not fail here. */
const triesToSample = 1_000_000;

/** Numbers of a distribution of scipy.stats, cut off at low and high where these are given. */
export function createDistribution(raw: RawDimension, name: string): Leaf {
  const { called, family } = readFamily(raw, name);
  const own = ["name", "parameters", "loc", "low", "high"];
  if (family.discrete !== true) own.push("scale");
  // What a person named is the distribution, so that is what the complaints are about.
  const labelled = { ...raw, kind: called };
  const fields = createFieldReader(labelled, name, [...own, ...numericPriorFields]);
  const parameters = readParameters(labelled, family, name);
  const shapes = Object.values(parameters).flat();
  const place = readPlace(fields, family);
  const { loc = 0, scale = 1 } = place;
  const [first, last] = supportOf(family, shapes);
  const support: Interval = [loc + scale * first, loc + scale * last];
  const bounds = readBounds(fields, support);
  const options = readNumericOptions(
    fields,
    bounds.low ?? support[0],
    bounds.high ?? support[1],
    family.discrete,
  );

  const inPlace = family.place ?? ((number: number) => loc + scale * number);

  function draw(random: Random, tries: number): number {
    for (let left = tries; left > 0; left--) {
      const exact = inPlace(family.draw(random, ...shapes), loc, scale, ...shapes);
      const number = options.discrete ? Math.round(exact) : exact;
      if (isNumberBetween(number, options.low, options.high)) return number;
    }
    const cause = Object.keys(bounds).length > 0 ? "bounds" : "parameters";
    const wanted = `finite number${rangeText(options.low, options.high)}`;
    throw fields.problem(`has improbable ${cause}: in ${tries} tries it gave no ${wanted}`);
  }
  draw(createRandom(called), triesToDefine);

  const named = Object.entries({ ...place, ...bounds });
  return createPriorLeaf({
    definition: {
      kind: "distribution",
      name: called,
      parameters,
      ...place,
      ...bounds,
      ...options.stored,
    },
    options,
    call: {
      name: called,
      args: [
        ...Object.values(parameters).map(pythonLiteral),
        ...named.map(([argument, value]) => `${argument}=${pythonLiteral(value)}`),
      ],
    },
    cardinality: options.discrete ? options.high - options.low + 1 : Infinity,
    draw: (random) => draw(random, triesToSample),
  });
}

function readFamily(raw: RawDimension, name: string): { called: string; family: Family } {
  const called = raw["name"];
  const family = typeof called === "string" ? families.get(called) : undefined;
  if (typeof called === "string" && family !== undefined) return { called, family };
  const nearest = typeof called === "string" ? didYouMean(called, families.keys()) : "";
  throw invalidSpace(
    name,
    `distribution needs a name of scipy.stats, got ${showRaw(called)}${nearest}`,
  );
}

/** The shape parameters by name, in scipy's order. */
function readParameters(
  raw: RawDimension,
  { shapes, conflict }: Family,
  name: string,
): ShapeParameters {
  const given = raw["parameters"];
  if (!isPlainObject(given)) {
    throw invalidSpace(name, `${raw.kind} needs its parameters by name, got ${showRaw(given)}`);
  }
  const fields = createFieldReader({ ...given, kind: raw.kind }, name, Object.keys(shapes));
  const parameters = Object.fromEntries(
    Object.entries(shapes).map(([shape, domain]) => [shape, readShape(fields, shape, domain)]),
  );
  const problem = conflict?.(...Object.values(parameters).flat());
  if (problem !== undefined) throw fields.problem(problem);
  return parameters;
}

function readShape(fields: FieldReader, shape: string, domain: Domain): number | readonly number[] {
  const value = fields.raw(shape);
  if (domain.list !== true) return readNumber(fields, shape, domain, value);
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  if (items.length === 0) {
    throw fields.problem(`needs ${shape} to be a list of numbers, got ${showRaw(value)}`);
  }
  return items.map((item) => readNumber(fields, shape, domain, item));
}

function readNumber(
  fields: FieldReader,
  shape: string,
  { text, holds, infinite }: Domain,
  value: unknown,
): number {
  const isInfinite = value === Infinity || value === -Infinity;
  if (typeof value !== "number" || !(Number.isFinite(value) || (isInfinite && infinite))) {
    throw fields.problem(`needs ${shape} to be a finite number, got ${showRaw(value)}`);
  }
  if (!holds(value)) throw fields.problem(`needs ${shape} ${text}, got ${value}`);
  return value + 0; // -0 is 0.
}

/** Where the standard form is moved to, and how far it is stretched; each only where it is. */
function readPlace(
  fields: FieldReader,
  { discrete }: Family,
): { readonly loc?: number; readonly scale?: number } {
  const loc = fields.has("loc") ? fields.number("loc") : 0;
  const scale = fields.has("scale") ? fields.number("scale") : 1;
  if (scale <= 0) throw fields.problem(`needs scale above 0, got ${scale}`);
  if (discrete === true && !Number.isInteger(loc)) {
    throw fields.problem(`needs loc to be a whole number, got ${loc}`);
  }
  return { ...(loc !== 0 && { loc }), ...(scale !== 1 && { scale }) };
}

/** The bounds that cut something off. */
function readBounds(
  fields: FieldReader,
  [first, last]: Interval,
): { readonly low?: number; readonly high?: number } {
  const low = fields.has("low") ? fields.number("low") : -Infinity;
  const high = fields.has("high") ? fields.number("high") : Infinity;
  if (low > last || high < first) {
    const [all, wanted] = [rangeText(first, last), rangeText(low, high)];
    throw fields.problem(`gives a number${all}, never one${wanted}`);
  }
  return { ...(low > first && { low }), ...(high < last && { high }) };
}

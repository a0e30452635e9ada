import { type Random } from "../../util/random.ts";
import { type ChoiceDefinition } from "../definition.ts";
import { type RawDimension } from "../dimension.ts";
import { createListGrid } from "../grids/list-grid.ts";
import { showValues } from "../show-value.ts";
import { createFieldReader, type FieldReader } from "./fields.ts";
import { type Leaf } from "./leaf.ts";
import { fillShape, hasShape, readShape, shapeSize, shapeText } from "./shape.ts";

/** Each of a list of values; with a shape, arrays of them, which are sampled only. */
export function createChoice(raw: RawDimension, name: string): Leaf {
  const fields = createFieldReader(raw, name, ["values", "weights", "shape", "default"]);
  const values = fields.values("values");
  const weights = readWeights(fields, values.length);
  const shape = readShape(fields);
  const list = createListGrid(values);

  const admits = (value: unknown): boolean =>
    hasShape(value, shape, (item) => list.count(item) > 0);
  const fallback = fields.has("default") ? fields.value("default") : undefined;
  if (fallback !== undefined && !admits(fallback)) {
    throw fields.problem(`has a default that is not among its values: ${showValues([fallback])}`);
  }
  const definition: ChoiceDefinition = {
    kind: "choice",
    values,
    ...(weights && { weights }),
    ...(shape && { shape }),
    ...(fallback !== undefined && { default: fallback }),
  };
  return {
    type: "leaf",
    definition,
    description: describe(definition),
    grid: shape === undefined ? list : undefined,
    cardinality: values.length ** shapeSize(shape),
    accepted: `${shapeText(shape)}one of ${showValues(values)}`,
    fallback,
    listed: values,
    admits,
    sample: (random) => fillShape(shape, () => values[draw(random, values.length, weights)]),
  };
}

/** Probabilities, so that [8, 2] and [0.8, 0.2] are the same; equal ones are none. */
function readWeights(fields: FieldReader, count: number): readonly number[] | undefined {
  if (!fields.has("weights")) return undefined;
  const weights: number[] = [];
  for (const weight of fields.values("weights")) {
    if (typeof weight !== "number" || !(weight >= 0 && weight < Infinity)) {
      throw fields.problem(`needs weights of at least 0, got ${showValues([weight])}`);
    }
    weights.push(weight);
  }
  if (weights.length !== count) {
    throw fields.problem(`has ${count} values but ${weights.length} weights`);
  }
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (sum === 0 || sum === Infinity) {
    throw fields.problem(`needs weights with a sum above 0 and finite, got ${sum}`);
  }
  if (weights.every((weight) => weight === weights[0])) return undefined;
  return Math.abs(sum - 1) < 1e-9 ? weights : weights.map((weight) => weight / sum);
}

function draw(random: Random, count: number, weights: readonly number[] | undefined): number {
  if (weights === undefined) return random.integer(0, count - 1);
  let left = random.next() * weights.reduce((total, weight) => total + weight, 0);
  const index = weights.findIndex((weight) => (left -= weight) < 0);
  // Rounding may leave a crumb past the last weight.
  return index === -1 ? weights.findLastIndex((weight) => weight > 0) : index;
}

function describe({ values, weights, shape, ...rest }: ChoiceDefinition): string {
  const parts = [`[${showValues(values)}]`];
  if (weights !== undefined) parts.push(`weights=[${showValues(weights)}]`);
  if (shape !== undefined) parts.push(`shape=[${showValues(shape)}]`);
  if ("default" in rest) parts.push(`default=${showValues([rest.default])}`);
  return `choice(${parts.join(", ")})`;
}

import { createLeaf } from "../dimensions/create-leaf.ts";
import { type Dimension } from "../dimension.ts";
import { type ChoiceDefinition, type LeafDefinition } from "../definition.ts";
import { pythonDictOf, pythonLiteral } from "./python-literal.ts";

/**
 * The prior string by which Oríon writes and compares a dimension: `loguniform(1e-05, 0.1)`,
 * `choices(['a', 'b'])`. Unlike there, low and high are kept where they cut off a distribution,
 * probabilities with more than two digits are written in full, and `poisson(3)` does not add that it
 * is discrete.
 * A dimension that Oríon does not know is described in Assay's words: `linspace(0, 1, 3)`.
 */
export function canonicalPrior(dimension: Dimension | LeafDefinition): string {
  const raw = "raw" in dimension ? dimension.raw : { ...dimension };
  const { definition, description } = createLeaf(raw, "");
  return definition.kind === "choice" ? canonicalChoices(definition) : description;
}

function canonicalChoices({ values, weights, shape, ...rest }: ChoiceDefinition): string {
  const args = [
    weights === undefined
      ? pythonLiteral(values)
      : pythonDictOf(values.map((value, index) => [value, probability(weights[index] ?? 0)])),
  ];
  if (shape !== undefined) {
    args.push(`shape=${shape.length === 1 ? shape.join("") : `(${shape.join(", ")})`}`);
  }
  if ("default" in rest) args.push(`default_value=${pythonLiteral(rest.default)}`);
  return `choices(${args.join(", ")})`;
}

function probability(weight: number): string {
  const short = weight.toFixed(2);
  return Math.abs(Number(short) - weight) < 1e-9 ? short : pythonLiteral(weight);
}

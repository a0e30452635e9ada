/** A value as it can be written in an expression; null only in `is null`. */
export type Literal = string | number | bigint | boolean;

export type Operand =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "literal"; readonly value: Literal };

export type ComparisonOperator = "=" | "!=" | "<" | "<=" | ">" | ">=";

export interface Comparison {
  readonly kind: "comparison";
  readonly left: Operand;
  readonly operator: ComparisonOperator;
  readonly right: Operand;
}

export interface Membership {
  readonly kind: "in";
  readonly operand: Operand;
  readonly values: readonly Literal[];
  /** True for `not in`. */
  readonly negated: boolean;
}

export interface NullTest {
  readonly kind: "null";
  readonly operand: Operand;
  /** True for `is not null`. */
  readonly negated: boolean;
}

/** What `--where` says, as a tree. `and` and `or` have two terms or more. */
export type Expression =
  | { readonly kind: "and"; readonly terms: readonly Expression[] }
  | { readonly kind: "or"; readonly terms: readonly Expression[] }
  | { readonly kind: "not"; readonly term: Expression }
  | Comparison
  | Membership
  | NullTest;

/** The conjunction of the terms: a single one is itself, and nested ones are joined. */
export function conjunction(terms: readonly [Expression, ...Expression[]]): Expression {
  const flat = terms.flatMap((term) => (term.kind === "and" ? term.terms : [term]));
  return terms.length === 1 ? terms[0] : { kind: "and", terms: flat };
}

import {
  type ComparisonOperator,
  conjunction,
  type Expression,
  type Literal,
  type Operand,
} from "./expression.ts";
import { TokenReader } from "./token-reader.ts";

/** Parentheses and `not` in each other, beyond which an expression is refused. */
const maxNesting = 200;

const comparisonOperators = ["=", "!=", "<", "<=", ">", ">="] as const;

/**
 * Reads an expression such as `lr < 0.1 and (status = "broken" or not accuracy > 0.9)`:
 *
 *     or         = and { ("or" | "||") and }
 *     and        = not { ("and" | "&&") not }
 *     not        = { "not" | "!" } ( "(" or ")" | condition )
 *     condition  = operand ( comparison operand { comparison operand } | comparison "null" | ["not"] "in" list | "is" ["not"] "null" )
 *     comparison = "=" | "==" | "!=" | "<>" | "<" | "<=" | ">" | ">="
 *     list       = "(" literal { "," literal } ")" | "[" literal { "," literal } "]"
 *     operand    = name | literal
 *
 * Nothing is evaluated. A text that is none is `INVALID_EXPRESSION`, which says at which column
 * (from 1) what was expected.
 */
export function parseExpression(text: string): Expression {
  const reader = new TokenReader(text);
  const expression = parseOr(reader, 0);
  if (reader.peek().kind !== "end") reader.fail('"and", "or" or the end');
  return expression;
}

function parseOr(reader: TokenReader, nesting: number): Expression {
  const first = parseAnd(reader, nesting);
  const terms = [first];
  while (reader.takeKeyword("or")) terms.push(parseAnd(reader, nesting));
  return terms.length === 1 ? first : { kind: "or", terms };
}

function parseAnd(reader: TokenReader, nesting: number): Expression {
  const terms: [Expression, ...Expression[]] = [parseNot(reader, nesting)];
  while (reader.takeKeyword("and")) terms.push(parseNot(reader, nesting));
  return conjunction(terms);
}

function parseNot(reader: TokenReader, nesting: number): Expression {
  if (nesting > maxNesting) reader.fail(`at most ${maxNesting} parentheses within each other`);
  if (reader.takeKeyword("not")) return { kind: "not", term: parseNot(reader, nesting + 1) };
  if (!reader.takeSymbol("(")) return parseCondition(reader);
  const group = parseOr(reader, nesting + 1);
  if (!reader.takeSymbol(")")) reader.fail('"and", "or" or ")"');
  return group;
}

function parseCondition(reader: TokenReader): Expression {
  const operand = parseOperand(reader, "a name or a value");
  if (reader.takeKeyword("is")) {
    const negated = reader.takeKeyword("not");
    if (!reader.takeKeyword("null")) reader.fail(negated ? '"null"' : '"null" or "not null"');
    return { kind: "null", operand, negated };
  }
  if (reader.takeKeyword("not")) {
    if (!reader.takeKeyword("in")) reader.fail('"in"');
    return parseMembership(reader, operand, true);
  }
  if (reader.takeKeyword("in")) return parseMembership(reader, operand, false);
  return parseComparisons(reader, operand);
}

/** One comparison, or a chain such as `0 < x <= 1`, which stands for `0 < x and x <= 1`. */
function parseComparisons(reader: TokenReader, first: Operand): Expression {
  const expected = 'a comparison such as "=" or "<"';
  const terms: [Expression, ...Expression[]] = [
    parseComparison(reader, first, takeComparison(reader) ?? reader.fail(expected)),
  ];
  for (;;) {
    const last = terms.at(-1);
    const operator = last?.kind === "comparison" ? takeComparison(reader) : undefined;
    if (last?.kind !== "comparison" || operator === undefined) return conjunction(terms);
    terms.push(parseComparison(reader, last.right, operator));
  }
}

/** What follows an operator. `= null` and `!= null` say the same as `is null` and `is not null`. */
function parseComparison(
  reader: TokenReader,
  left: Operand,
  operator: ComparisonOperator,
): Expression {
  const isEquality = operator === "=" || operator === "!=";
  if (isEquality && reader.takeKeyword("null")) {
    return { kind: "null", operand: left, negated: operator === "!=" };
  }
  return { kind: "comparison", left, operator, right: parseOperand(reader, "a value") };
}

function takeComparison(reader: TokenReader): ComparisonOperator | undefined {
  return comparisonOperators.find((operator) => reader.takeSymbol(operator));
}

function parseMembership(reader: TokenReader, operand: Operand, negated: boolean): Expression {
  const close = reader.takeSymbol("(") ? ")" : reader.takeSymbol("[") ? "]" : undefined;
  if (close === undefined) return reader.fail('a list such as "(1, 2)"');
  const values: Literal[] = [];
  do {
    values.push(takeLiteral(reader) ?? reader.fail("a number, a text in quotes, true or false"));
  } while (reader.takeSymbol(","));
  if (!reader.takeSymbol(close)) reader.fail(`"," or "${close}"`);
  return { kind: "in", operand, values, negated };
}

function parseOperand(reader: TokenReader, expected: string): Operand {
  const value = takeLiteral(reader);
  if (value !== undefined) return { kind: "literal", value };
  const token = reader.peek();
  if (token.kind !== "name") return reader.fail(expected);
  reader.next();
  return { kind: "name", name: token.name };
}

function takeLiteral(reader: TokenReader): Literal | undefined {
  if (reader.takeKeyword("true")) return true;
  if (reader.takeKeyword("false")) return false;
  const token = reader.peek();
  if (token.kind !== "literal") return undefined;
  reader.next();
  return token.value;
}

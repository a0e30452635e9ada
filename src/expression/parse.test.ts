import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isAssayError } from "../errors/assay-error.ts";
import type { Expression, Operand } from "./expression.ts";
import { parseExpression } from "./parse.ts";

/** The expression with a pair of parentheses around everything, for reading in a test. */
function show(expression: Expression): string {
  switch (expression.kind) {
    case "and":
    case "or":
      return `(${expression.terms.map(show).join(` ${expression.kind} `)})`;
    case "not":
      return `(not ${show(expression.term)})`;
    case "comparison": {
      const { left, operator, right } = expression;
      return `${showOperand(left)} ${operator} ${showOperand(right)}`;
    }
    case "in": {
      const values = expression.values.map((value) => showOperand({ kind: "literal", value }));
      const not = expression.negated ? "not " : "";
      return `${showOperand(expression.operand)} ${not}in (${values.join(", ")})`;
    }
    case "null":
      return `${showOperand(expression.operand)} is ${expression.negated ? "not " : ""}null`;
  }
}

function showOperand(operand: Operand): string {
  if (operand.kind === "name") return operand.name;
  const { value } = operand;
  if (typeof value === "bigint") return `${value}n`;
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

function messageOf(text: string): string {
  try {
    parseExpression(text);
  } catch (error) {
    if (!isAssayError(error)) throw error;
    expect(error.code).toBe("INVALID_EXPRESSION");
    return error.message;
  }
  return "";
}

describe("an expression is read", () => {
  test.each([
    ["lr < 0.1 and accuracy > 0.9", "(lr < 0.1 and accuracy > 0.9)"],
    ["a = 1 or b = 2 and c = 3", "(a = 1 or (b = 2 and c = 3))"],
    ["(a = 1 or b = 2) and c = 3", "((a = 1 or b = 2) and c = 3)"],
    ["a=1 and (b=2 and c=3)", "(a = 1 and b = 2 and c = 3)"],
    ["not a = 1 and b = 2", "((not a = 1) and b = 2)"],
    ["!(a == 1 || b <> 2) && NOT c >= 3", "((not (a = 1 or b != 2)) and (not c >= 3))"],
    ["0 < x <= 1", "(0 < x and x <= 1)"],
    ["a < b < c < d", "(a < b and b < c and c < d)"],
    ["0.1 > lr", "0.1 > lr"],
    ["status in ('new', \"broken\")", 'status in ("new", "broken")'],
    ["x NOT IN [1, -2, true]", "x not in (1, -2, true)"],
    ["x is null and y IS NOT NULL", "(x is null and y is not null)"],
    ["x = null or y != null", "(x is null or y is not null)"],
    ["x = -1.5e-3", "x = -0.0015"],
    ["x = .5 or x = 5. or x = +7", "(x = 0.5 or x = 5 or x = 7)"],
    ["x = -0", "x = 0"],
    ["x = 12345678901234567890n", "x = 12345678901234567890n"],
    ["x < -Infinity or x = nan", "(x < -Infinity or x = NaN)"],
    ["model.depth = 3", "model.depth = 3"],
    ["params.x = results.x", "params.x = results.x"],
    ["`my name`.`a``b`.c = TRUE", "my name.a`b.c = true"],
    ["`and` = 1", "and = 1"],
    ["batch-size<-2", "batch-size < -2"],
    ["layers.0 = 1", "layers.0 = 1"],
    ["größe = 1 and android = 2 and _x$ = 3", "(größe = 1 and android = 2 and _x$ = 3)"],
    [String.raw`s = 'it''s' or s = "a\"b\n\u00e9"`, String.raw`(s = "it's" or s = "a\"b\né")`],
    [`s = 'say ""' or s = ''`, String.raw`(s = "say \"\"" or s = "")`],
  ])("%s", (text, shown) => {
    expect(show(parseExpression(text))).toBe(shown);
  });

  test("with any string, once it is quoted", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.constantFrom("'", '"'), (value, quote) => {
        const escaped = value.replaceAll("\\", "\\\\").replaceAll(quote, quote + quote);
        expect(parseExpression(`x = ${quote}${escaped}${quote}`)).toEqual({
          kind: "comparison",
          left: { kind: "name", name: "x" },
          operator: "=",
          right: { kind: "literal", value },
        });
      }),
    );
  });

  test("with any number as JavaScript writes it", () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        const expected = { right: { value: value + 0 } };
        expect(parseExpression(`x < ${value}`)).toMatchObject(expected);
      }),
    );
  });
});

describe("what cannot be read is told in one line with its column", () => {
  test.each([
    ["", "column 1: expected a name or a value, found the end"],
    ["accur <", 'column 8: expected a value after "<", found the end'],
    ["lr 0.1", 'column 4: expected a comparison such as "=" or "<" after "lr", found "0.1"'],
    ["lr", 'column 3: expected a comparison such as "=" or "<" after "lr", found the end'],
    ["lr => 1", 'column 5: expected a value after "=", found ">"'],
    [
      "lr < 0.1 accuracy > 1",
      'column 10: expected "and", "or" or the end after "0.1", found "accuracy"',
    ],
    ["(lr < 0.1", 'column 10: expected "and", "or" or ")" after "0.1", found the end'],
    ["lr < 0.1)", 'column 9: expected "and", "or" or the end after "0.1", found ")"'],
    ["and x = 1", 'column 1: expected a name or a value, found "and"'],
    ["x < null", 'column 5: expected a value after "<", found "null"'],
    ["x is 3", 'column 6: expected "null" or "not null" after "is", found "3"'],
    ["x is not 3", 'column 10: expected "null" after "not", found "3"'],
    ["x not 3", 'column 7: expected "in" after "not", found "3"'],
    ["x in 1", 'column 6: expected a list such as "(1, 2)" after "in", found "1"'],
    [
      "x in ()",
      'column 7: expected a number, a text in quotes, true or false after "(", found ")"',
    ],
    [
      "x in (1, a)",
      'column 10: expected a number, a text in quotes, true or false after ",", found "a"',
    ],
    ["x in (1, 2", 'column 11: expected "," or ")" after "2", found the end'],
    ["x = 'abc", "column 5: the string that begins here has no end"],
    ["x = 1.2.3", 'column 5: cannot read the number "1.2.3"'],
    ["x = 3px", 'column 5: cannot read the number "3px"'],
    ["x & y", 'column 3: unexpected "&"'],
    ["x = `a", 'column 5: unexpected "`a"'],
    ["lr * 2 < 1", 'column 4: unexpected "*"'],
  ])("%j", (text, problem) => {
    expect(messageOf(text)).toBe(`Cannot read --where at ${problem}`);
  });

  test("an unknown escape names those that exist", () => {
    expect(messageOf(String.raw`x = 'a\qb'`)).toBe(
      String.raw`Cannot read --where at column 7: unknown escape "\q" (accepted: \n, \r, \t, \\, \', \" or \u and four hexadecimal digits)`,
    );
  });

  test.each(["(".repeat(100_000), "not ".repeat(100_000)])("endless nesting: %.10s…", (text) => {
    expect(messageOf(text)).toContain("expected at most 200 parentheses within each other");
  });

  const words = fc.constantFrom(
    ..."lr model.x 0.1 -2 1e 'a' 'b \"c\" \\ ` ( ) [ ] , < <= = == != <> ! & && || and or not in is null true NaN 5n . - 💥".split(
      " ",
    ),
  );
  test("whatever the text is", () => {
    const texts = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(words).map((all) => all.join(" ")),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(messageOf(text)).toMatch(/^$|^Cannot read --where at column \d+: ./s);
      }),
      { numRuns: 2000 },
    );
  });
});

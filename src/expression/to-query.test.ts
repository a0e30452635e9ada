import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matchesDocument } from "../database/match.ts";
import { parseQuery } from "../database/query.ts";
import { getPath } from "../values/path.ts";
import { matches } from "./evaluate.ts";
import type { Expression, Literal, Operand } from "./expression.ts";
import { parseExpression } from "./parse.ts";
import { toQuery } from "./to-query.ts";

const names = ["lr", "model.depth", "status", "accuracy"] as const;

/** Everything but accuracy is a field of the database. */
function fieldOf(name: string): string | undefined {
  if (name === "accuracy") return undefined;
  return name === "status" ? name : `params.${name}`;
}

function split(text: string): ReturnType<typeof toQuery> {
  return toQuery(parseExpression(text), fieldOf);
}

describe("the database answers", () => {
  test.each([
    ["lr = 0.1", { "params.lr": 0.1 }],
    ["0.1 = lr", { "params.lr": 0.1 }],
    ["lr < 1 and lr >= 0", { "params.lr": { $lt: 1, $gte: 0 } }],
    ["0 < lr <= 1", { "params.lr": { $gt: 0, $lte: 1 } }],
    ["status in ('new', 'broken')", { status: { $in: ["new", "broken"] } }],
    ["status is null and lr is not null", { status: null, "params.lr": { $ne: null } }],
    [
      "lr > 0 and (model.depth = 3 and status = 'new')",
      { "params.lr": { $gt: 0 }, "params.model.depth": 3, status: "new" },
    ],
  ])("%s", (text, query) => {
    expect(split(text)).toEqual({ query, residual: undefined });
  });

  test("a part, and the rest is asked of what it finds", () => {
    expect(split("lr < 1 and accuracy > 0.9 and not status = 'new'")).toEqual({
      query: { "params.lr": { $lt: 1 } },
      residual: parseExpression("accuracy > 0.9 and not status = 'new'"),
    });
  });

  test("the first of two conditions that collide on one field", () => {
    expect(split("lr < 1 and lr < 2 and lr = 0.1")).toEqual({
      query: { "params.lr": { $lt: 1 } },
      residual: parseExpression("lr < 2 and lr = 0.1"),
    });
    expect(split("lr = 1 and lr > 0")).toEqual({
      query: { "params.lr": 1 },
      residual: parseExpression("lr > 0"),
    });
  });

  test("!= roughly: a null there is left to the rest", () => {
    expect(split("lr != 1")).toEqual({
      query: { "params.lr": { $ne: 1, $exists: true } },
      residual: parseExpression("lr != 1"),
    });
  });

  test.each([
    "lr < 1 or lr > 2",
    "not lr < 1",
    "lr = model.depth",
    "1 = 1",
    "lr not in (1, 2)",
    "lr = NaN",
    "status > '2025-01-31'",
    "status in ('new', '2025-01-31')",
    "accuracy is null",
  ])("nothing of: %s", (text) => {
    expect(split(text)).toEqual({ query: {}, residual: parseExpression(text) });
  });
});

const literals: fc.Arbitrary<Literal> = fc.constantFrom<Literal[]>(
  0,
  1,
  2,
  NaN,
  Infinity,
  1n,
  2n,
  "",
  "1",
  "a",
  "b",
  "2025-01-31",
  "2025-02-01",
  true,
  false,
);
const operands: fc.Arbitrary<Operand> = fc.oneof(
  fc.record({ kind: fc.constant("name" as const), name: fc.constantFrom(...names) }),
  fc.record({ kind: fc.constant("literal" as const), value: literals }),
);
const expressions: fc.Arbitrary<Expression> = fc.letrec<{ any: Expression }>((tie) => ({
  any: fc.oneof(
    { depthSize: "small" },
    fc.record({
      kind: fc.constant("comparison" as const),
      left: operands,
      operator: fc.constantFrom("=", "!=", "<", "<=", ">", ">="),
      right: operands,
    }),
    fc.record({
      kind: fc.constant("in" as const),
      operand: operands,
      values: fc.array(literals, { minLength: 1, maxLength: 3 }),
      negated: fc.boolean(),
    }),
    fc.record({ kind: fc.constant("null" as const), operand: operands, negated: fc.boolean() }),
    fc.record({
      kind: fc.constantFrom("and", "or"),
      terms: fc.array(tie("any"), { minLength: 2, maxLength: 4 }),
    }),
    fc.record({ kind: fc.constant("not" as const), term: tie("any") }),
  ),
})).any;

const values = fc.oneof(
  literals,
  fc.constantFrom(null, undefined, new Date("2025-01-31"), new Date("2025-02-01"), [1], { a: 1 }),
);
const documents = fc.record({
  params: fc.record({ lr: values, model: fc.record({ depth: values }) }),
  status: values,
  accuracy: values,
});

test("a document fulfils the query and the rest just when it fulfils the expression", () => {
  let translated = 0;
  fc.assert(
    fc.property(
      fc.array(expressions, { minLength: 1, maxLength: 4 }),
      documents,
      (terms, document) => {
        const expression: Expression = { kind: "and", terms };
        const lookup = (name: string) => getPath(document, fieldOf(name) ?? name);
        const { query, residual } = toQuery(expression, fieldOf);
        if (Object.keys(query).length > 0) translated++;
        const found = matchesDocument(document, parseQuery(query), {});
        const whole = matches(expression, lookup);
        expect(found && (residual === undefined || matches(residual, lookup))).toBe(whole);
      },
    ),
    { numRuns: 5000 },
  );
  expect(translated).toBeGreaterThan(1000);
});

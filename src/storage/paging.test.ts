import fc from "fast-check";
import { expect, test } from "vitest";
import { matchesDocument } from "../database/match.ts";
import { parseQuery } from "../database/query.ts";
import { numberAfter } from "./paging.ts";

const bound = fc.integer({ min: 0, max: 9 });
const conditions = fc.oneof(
  fc.constant(undefined),
  fc.constant(null),
  bound,
  fc.record({ $gt: bound, $lt: bound, $ne: bound }, { requiredKeys: [] }).filter((operators) => {
    return Object.keys(operators).length > 0;
  }),
  fc.record({ $in: fc.array(bound) }),
  fc.record({ $gte: bound }),
);

test("a page holds what the condition admits after the number, and nothing else", () => {
  fc.assert(
    fc.property(conditions, fc.integer({ min: -1, max: 9 }), (condition, after) => {
      const admits = (query: unknown, number: number): boolean =>
        matchesDocument({ number }, parseQuery({ number: query }), {});
      const narrowed = numberAfter(condition, after);
      for (let number = 0; number < 10; number += 1) {
        const expected = number > after && (condition === undefined || admits(condition, number));
        expect(admits(narrowed, number)).toBe(expected);
      }
    }),
  );
});

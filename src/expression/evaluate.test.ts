import { describe, expect, test } from "vitest";
import { getPath } from "../values/path.ts";
import { matches } from "./evaluate.ts";
import { parseExpression } from "./parse.ts";

const trial = {
  lr: 0.1,
  epochs: 50n,
  optimizer: "adam",
  model: { depth: 3 },
  warm: true,
  clip: null,
  loss: NaN,
  best: Infinity,
  startedAt: new Date("2025-01-31T12:00:00Z"),
  day: "2025-01-31",
  layers: [1, 2],
};

function fulfils(text: string): boolean {
  return matches(parseExpression(text), (name) => getPath(trial, name));
}

describe("a trial fulfils", () => {
  test.each([
    "lr = 0.1",
    "lr < 0.2 and lr > 0.05",
    "0 < lr <= 0.1",
    "lr > 1 or model.depth = 3",
    "optimizer = 'adam' and optimizer != 'sgd'",
    "optimizer in ('sgd', 'adam')",
    "optimizer not in ('sgd')",
    "epochs > 49 and epochs = 50n and epochs < 51.5",
    "warm = true and warm != false",
    "clip is null and absent is null",
    "lr is not null",
    "lr != 'text'",
    "loss = NaN and not loss < 1 and not loss >= 1",
    "best = Infinity and best > 1e308",
    "model.depth > lr",
    "not absent > 1",
    "startedAt > '2025-01-31' and startedAt < '2025-02'",
    "startedAt = '2025-01-31T13:00:00+01:00'",
    "startedAt = '2025-01-31 12:00'",
    "'2025-01-31T11:59:59.999Z' < startedAt",
    "startedAt in ('2025-01-31T12:00:00Z')",
    "startedAt > day",
    "startedAt != 'yesterday'",
    "day = '2025-01-31'",
    "optimizer < 'b' and optimizer >= 'a'",
  ])("%s", (text) => {
    expect(fulfils(text)).toBe(true);
  });

  test.each([
    "lr = '0.1'",
    "lr < '1'",
    "epochs = 50",
    "absent = 1",
    "absent != 1",
    "absent not in (1)",
    "absent < 1 or absent >= 1",
    "clip != 1",
    "clip not in (1)",
    "clip = clip",
    "absent is not null",
    "warm < true",
    "layers > 0",
    "model = 3",
    "startedAt > 'yesterday'",
    "startedAt > 5",
    "startedAt = '2025-02-31'",
    "not lr = 0.1",
  ])("but not %s", (text) => {
    expect(fulfils(text)).toBe(false);
  });
});

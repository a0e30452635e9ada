import { describe, expect, test } from "vitest";
import type { Dataset } from "../../examples/penguins/data.ts";
import {
  createNetwork,
  evaluate,
  gradient,
  trainEpoch,
  type Network,
} from "../../examples/penguins/network.ts";
import { createRandom } from "../../examples/penguins/random.ts";

const shape = { inputs: 2, hidden: 3, classes: 3 };

const threeCorners: Dataset = {
  features: Float64Array.of(1, 0, 0, 1, -1, -1),
  labels: Uint8Array.of(0, 1, 2),
};

function train(network: Network, fromEpoch: number, toEpoch: number): Network {
  for (let epoch = fromEpoch; epoch < toEpoch; epoch++) {
    const random = createRandom(7, epoch);
    trainEpoch(network, shape, threeCorners, { learningRate: 0.1, batchSize: 1, random });
  }
  return network;
}

describe("the network of the penguins", () => {
  test("has the gradient that finite differences of its loss give", () => {
    const network = createNetwork(shape, createRandom(1));
    const slope = gradient(network.weights, shape, threeCorners, Uint32Array.of(0, 1, 2));
    const h = 1e-5;
    for (const [index, weight] of network.weights.entries()) {
      const lossAt = (value: number): number => {
        const weights = network.weights.with(index, value);
        return evaluate({ ...network, weights }, shape, threeCorners).loss;
      };
      expect(slope[index]).toBeCloseTo((lossAt(weight + h) - lossAt(weight - h)) / (2 * h), 8);
    }
  });

  test("learns to tell three corners apart", () => {
    const network = train(createNetwork(shape, createRandom(1)), 0, 40);
    expect(evaluate(network, shape, threeCorners).accuracy).toBe(1);
  });

  test("gives the same weights when training was interrupted and went on", () => {
    const whole = train(createNetwork(shape, createRandom(1)), 0, 20);
    const half = train(createNetwork(shape, createRandom(1)), 0, 10);
    expect(train(structuredClone(half), 10, 20)).toEqual(whole);
  });
});

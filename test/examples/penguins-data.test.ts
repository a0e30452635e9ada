import { describe, expect, test } from "vitest";
import { featureCount, loadPenguins, species, type Dataset } from "../../examples/penguins/data.ts";

const { training, validation } = await loadPenguins();

function shares({ labels }: Dataset): readonly number[] {
  return [...species.keys()].map(
    (label) => labels.filter((other) => other === label).length / labels.length,
  );
}

function column({ features }: Dataset, index: number): Float64Array {
  return features.filter((_, position) => position % featureCount === index);
}

describe("the penguins", () => {
  test("are the 342 whose measures were taken, a third of them for validation", () => {
    expect(training.labels.length).toBe(227);
    expect(validation.labels.length).toBe(115);
    expect(training.features.length).toBe(227 * featureCount);
    expect(validation.features.length).toBe(115 * featureCount);
  });

  test("have the same shares of species on both sides", () => {
    for (const [label, share] of shares(training).entries()) {
      expect(shares(validation)[label]).toBeCloseTo(share, 1);
    }
  });

  test("are split the same way every time", async () => {
    expect(await loadPenguins()).toEqual({ training, validation });
  });

  test("have measures of mean 0 and standard deviation 1 where the network trains", () => {
    for (let index = 0; index < featureCount; index++) {
      const values = column(training, index);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
      expect(mean).toBeCloseTo(0, 10);
      expect(variance).toBeCloseTo(1, 10);
    }
  });
});

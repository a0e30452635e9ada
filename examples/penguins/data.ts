import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createRandom, shuffledIndices } from "./random.ts";

export const species = ["Adelie", "Chinstrap", "Gentoo"] as const;

const measures = [
  "Beak Length (mm)",
  "Beak Depth (mm)",
  "Flipper Length (mm)",
  "Body Mass (g)",
] as const;

export const featureCount = measures.length;

/** Rows of measures, `featureCount` numbers each, and the species of each as an index of `species`. */
export interface Dataset {
  readonly features: Float64Array;
  readonly labels: Uint8Array;
}

export interface Penguins {
  readonly training: Dataset;
  readonly validation: Dataset;
}

/** A row of the table, with null where nothing was recorded. */
type Row = Readonly<Record<string, string | number | null>>;

interface Penguin {
  readonly measures: readonly number[];
  readonly label: number;
}

/**
 * The Palmer penguins, split 2 : 1 with the same shares of species on both sides. The split never
 * changes. Measures have mean 0 and standard deviation 1 over the training part.
 */
export async function loadPenguins(): Promise<Penguins> {
  const penguins = (await readTable()).flatMap(toPenguin);
  const parts = split(penguins);
  const scale = fitScale(parts.training);
  return {
    training: toDataset(parts.training, scale),
    validation: toDataset(parts.validation, scale),
  };
}

/** The package exports only its entry, which lies in build/; its tables are in data/ next to it. */
async function readTable(): Promise<readonly Row[]> {
  const entry = createRequire(import.meta.url).resolve("vega-datasets");
  const text = await readFile(join(entry, "../../data/penguins.json"), "utf8");
  return JSON.parse(text) as readonly Row[];
}

/** The penguin of a row, or none where a measure is missing. */
function toPenguin(row: Row): readonly Penguin[] {
  const values = measures.map((name) => row[name]).filter((value) => typeof value === "number");
  const label = species.findIndex((name) => name === row["Species"]);
  return values.length === measures.length && label >= 0 ? [{ measures: values, label }] : [];
}

function split(penguins: readonly Penguin[]): Record<keyof Penguins, readonly Penguin[]> {
  const training: Penguin[] = [];
  const validation: Penguin[] = [];
  for (const label of species.keys()) {
    const ofSpecies = penguins.filter((penguin) => penguin.label === label);
    const order = shuffledIndices(ofSpecies.length, createRandom(2007, label));
    for (const [position, index] of order.entries()) {
      const penguin = ofSpecies[index];
      if (penguin !== undefined) (position % 3 === 0 ? validation : training).push(penguin);
    }
  }
  return { training, validation };
}

interface Scale {
  readonly mean: number;
  readonly deviation: number;
}

function fitScale(penguins: readonly Penguin[]): readonly Scale[] {
  return measures.map((_, column) => {
    const values = penguins.map((penguin) => penguin.measures[column] ?? 0);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    return { mean, deviation: Math.sqrt(variance) };
  });
}

function toDataset(penguins: readonly Penguin[], scale: readonly Scale[]): Dataset {
  const rows = penguins.flatMap((penguin) =>
    scale.map(
      ({ mean, deviation }, column) => ((penguin.measures[column] ?? 0) - mean) / deviation,
    ),
  );
  return {
    features: Float64Array.from(rows),
    labels: Uint8Array.from(penguins, ({ label }) => label),
  };
}

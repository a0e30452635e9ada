import type { Dataset } from "./data.ts";
import { shuffledIndices, type Random } from "./random.ts";

/** How many units each layer has. */
export interface Shape {
  readonly inputs: number;
  readonly hidden: number;
  readonly classes: number;
}

/**
 * What training changes: the weights, and their velocity for momentum. Both hold first the hidden
 * layer (a row of `inputs` weights and a bias for each unit), then the output layer likewise.
 */
export interface Network {
  readonly weights: Float64Array;
  readonly velocity: Float64Array;
}

export interface TrainingOptions {
  readonly learningRate: number;
  readonly momentum?: number;
  readonly batchSize?: number;
  readonly random: Random;
}

/** Mean cross-entropy in nats, and the share of rows whose most probable class is the right one. */
export interface Evaluation {
  readonly loss: number;
  readonly accuracy: number;
}

/** A network with uniform weights of the scale of Glorot and Bengio (2010), and biases of 0. */
export function createNetwork(shape: Shape, random: Random): Network {
  const weights = new Float64Array(weightCount(shape));
  const outputStart = hiddenWeightCount(shape);
  fillLayer(weights.subarray(0, outputStart), shape.inputs, shape.hidden, random);
  fillLayer(weights.subarray(outputStart), shape.hidden, shape.classes, random);
  return { weights, velocity: new Float64Array(weights.length) };
}

/** One pass over the rows in random order: stochastic gradient descent with momentum, in place. */
export function trainEpoch(
  network: Network,
  shape: Shape,
  data: Dataset,
  { learningRate, momentum = 0.9, batchSize = 16, random }: TrainingOptions,
): void {
  const order = shuffledIndices(data.labels.length, random);
  for (let start = 0; start < order.length; start += batchSize) {
    const rows = order.subarray(start, start + batchSize);
    const slope = gradient(network.weights, shape, data, rows);
    for (const [index, value] of slope.entries()) {
      const velocity = momentum * at(network.velocity, index) - learningRate * value;
      network.velocity[index] = velocity;
      network.weights[index] = at(network.weights, index) + velocity;
    }
  }
}

export function evaluate({ weights }: Network, shape: Shape, data: Dataset): Evaluation {
  let loss = 0;
  let right = 0;
  for (const [row, label] of data.labels.entries()) {
    const { probabilities } = forward(weights, shape, data, row);
    loss -= Math.log(Math.max(at(probabilities, label), Number.MIN_VALUE));
    if (probabilities.every((probability) => probability <= at(probabilities, label))) right++;
  }
  return { loss: loss / data.labels.length, accuracy: right / data.labels.length };
}

/** The derivative of the mean cross-entropy over `rows` by each weight (back-propagation). */
export function gradient(
  weights: Float64Array,
  shape: Shape,
  data: Dataset,
  rows: Uint32Array,
): Float64Array {
  const { inputs, hidden, classes } = shape;
  const outputStart = hiddenWeightCount(shape);
  const sum = new Float64Array(weights.length);
  for (const row of rows) {
    const { activations, probabilities } = forward(weights, shape, data, row);
    const hiddenErrors = new Float64Array(hidden);
    for (let output = 0; output < classes; output++) {
      const error = at(probabilities, output) - (output === at(data.labels, row) ? 1 : 0);
      const start = outputStart + output * (hidden + 1);
      for (let unit = 0; unit < hidden; unit++) {
        add(sum, start + unit, error * at(activations, unit));
        add(hiddenErrors, unit, error * at(weights, start + unit));
      }
      add(sum, start + hidden, error);
    }
    for (let unit = 0; unit < hidden; unit++) {
      const error = at(hiddenErrors, unit) * (1 - at(activations, unit) ** 2);
      const start = unit * (inputs + 1);
      for (let input = 0; input < inputs; input++) {
        add(sum, start + input, error * at(data.features, row * inputs + input));
      }
      add(sum, start + inputs, error);
    }
  }
  return sum.map((value) => value / rows.length);
}

/** The activations of the hidden layer (tanh) and the probabilities of the classes (softmax). */
function forward(
  weights: Float64Array,
  shape: Shape,
  data: Dataset,
  row: number,
): { readonly activations: Float64Array; readonly probabilities: Float64Array } {
  const { inputs, hidden } = shape;
  const input = data.features.subarray(row * inputs, (row + 1) * inputs);
  const outputStart = hiddenWeightCount(shape);
  const activations = layer(weights.subarray(0, outputStart), input, hidden).map(Math.tanh);
  const scores = layer(weights.subarray(outputStart), activations, shape.classes);
  const highest = Math.max(...scores);
  const exponentials = scores.map((score) => Math.exp(score - highest));
  const total = exponentials.reduce((sum, value) => sum + value, 0);
  return { activations, probabilities: exponentials.map((value) => value / total) };
}

/** The weighted sum and bias of each unit of a layer. */
function layer(weights: Float64Array, input: Float64Array, units: number): Float64Array {
  const sums = new Float64Array(units);
  for (let unit = 0; unit < units; unit++) {
    const start = unit * (input.length + 1);
    let sum = at(weights, start + input.length);
    for (let index = 0; index < input.length; index++) {
      sum += at(weights, start + index) * at(input, index);
    }
    sums[unit] = sum;
  }
  return sums;
}

function fillLayer(weights: Float64Array, inputs: number, units: number, random: Random): void {
  const scale = Math.sqrt(6 / (inputs + units));
  for (const index of weights.keys()) {
    const isBias = index % (inputs + 1) === inputs;
    weights[index] = isBias ? 0 : scale * (2 * random.next() - 1);
  }
}

function hiddenWeightCount({ inputs, hidden }: Shape): number {
  return hidden * (inputs + 1);
}

function weightCount(shape: Shape): number {
  return hiddenWeightCount(shape) + shape.classes * (shape.hidden + 1);
}

/** The number at `index`, which is within the array: 0 only satisfies the type checker. */
function at(array: Float64Array | Uint8Array, index: number): number {
  return array[index] ?? 0;
}

function add(array: Float64Array, index: number, value: number): void {
  array[index] = at(array, index) + value;
}

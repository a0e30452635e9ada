import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { storableValues } from "../../../test/support/storable-values.ts";
import { encodeFrame, FrameReader, FrameWriter } from "./frames.ts";

/** Cuts bytes at the given places, of which those beyond the end say where by their remainder. */
function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set([0, ...cuts.map((cut) => cut % bytes.length), bytes.length])];
  places.sort((a, b) => a - b);
  return places.slice(1).map((end, i) => Buffer.from(bytes.subarray(places[i], end)));
}

function readAll(pieces: readonly Buffer[]): unknown[] {
  const messages: unknown[] = [];
  const reader = new FrameReader((message) => messages.push(message));
  for (const piece of pieces) reader.push(piece);
  return messages;
}

function roundTrip(message: object): unknown {
  return readAll([encodeFrame(message)])[0];
}

/** The same with bytes as the one kind of bytes, ordinary prototypes, and without undefined properties. */
function normal(value: unknown): unknown {
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (Array.isArray(value)) return Array.from(value, normal);
  if (value instanceof Map) return new Map(Array.from(value, ([k, v]) => [normal(k), normal(v)]));
  if (value instanceof Set) return new Set(Array.from(value, normal));
  if (typeof value !== "object" || value === null || !isRecord(value)) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, normal(item)]));
}

function isRecord(value: object): boolean {
  return [null, Object.prototype].includes(Object.getPrototypeOf(value));
}

const longTexts = fc
  .tuple(fc.constantFrom("x", "ü", "\0", "\ud800", "😀"), fc.integer({ min: 4000, max: 5000 }))
  .map(([unit, length]) => unit.repeat(length));

const parts = fc.oneof(
  storableValues,
  longTexts,
  fc.uint8Array(),
  fc.constantFrom({ attached: 0, as: "bytes" }, { attached: 7 }, ["attached"]),
);

/** Messages of two levels, as most are, and such that are not quite so. */
const keys = fc.constantFrom("type", "a", "b", "__proto__", "$number", "attached");
const scalars = fc.oneof(fc.double(), fc.string({ unit: "binary" }), fc.boolean(), longTexts);
const flatMessages = fc.dictionary(
  keys,
  fc.oneof(scalars, fc.constant(null), fc.dictionary(keys, fc.oneof(scalars, parts))),
);

const messages = fc.record({
  type: fc.string(),
  fields: fc.array(parts, { maxLength: 4 }),
  nested: fc.dictionary(fc.constantFrom("a", "__proto__", "attached", "0"), parts),
});

describe("messages as frames", () => {
  test("come back as they were, whatever they hold and however their bytes are split", () => {
    const cuts = fc.array(fc.nat(), { maxLength: 12 });
    const any = fc.oneof(messages, flatMessages);
    const sentMessages = fc.array<object>(any, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(sentMessages, cuts, (sent, places) => {
        const bytes = Buffer.concat(sent.map(encodeFrame));
        expect(readAll(split(bytes, places)).map(normal)).toStrictEqual(sent.map(normal));
      }),
      { numRuns: 300 },
    );
  });

  test("are heard byte by byte, each as soon as it is complete", () => {
    const sent = [{ a: 1 }, { bytes: Uint8Array.of(1, 2, 3) }, {}];
    const heard: unknown[] = [];
    const reader = new FrameReader((message) => heard.push(normal(message)));
    for (const message of sent) {
      for (const byte of encodeFrame(message)) {
        expect(heard).not.toContainEqual(message);
        reader.push(Buffer.of(byte));
      }
      expect(heard.pop()).toEqual(message);
    }
  });

  test("keep NaN, infinities and -0 of metrics", () => {
    const points = [NaN, Infinity, -Infinity, -0, 5e-324].map((value) => ({ step: null, value }));
    expect(roundTrip({ type: "metrics", points })).toStrictEqual({ type: "metrics", points });
  });

  test("carry many megabytes of bytes and of text", () => {
    const data = new Uint8Array(20_000_000).map((_, i) => i * 7);
    const text = "größer ".repeat(1_000_000);
    const sent = { data, text };
    const { data: bytes, text: same } = roundTrip(sent) as typeof sent;
    expect(Buffer.compare(bytes, data)).toBe(0);
    expect(same === text).toBe(true);
  });

  test("are the same, made one after another in one piece of memory", () => {
    const writer = new FrameWriter();
    fc.assert(
      fc.property(fc.oneof(messages, flatMessages), (message) => {
        expect(encodeFrame(message).equals(writer.encode(message))).toBe(true);
      }),
    );
    const large = { text: "ü".repeat(30_000), other: { text: "x".repeat(100_000) } };
    expect(readAll([Buffer.from(writer.encode(large))])).toEqual([large]);
  });

  test("are not changed by being sent", () => {
    const text = "x".repeat(5000);
    for (const message of [
      { at: [{ data: Uint8Array.of(1) }], text },
      { text, at: { text } },
    ]) {
      const copy = structuredClone(message);
      encodeFrame(message);
      expect(message).toEqual(copy);
    }
  });
});

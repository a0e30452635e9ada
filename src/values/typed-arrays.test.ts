import { expect, test } from "vitest";
import { fromLittleEndian, swapped, toLittleEndian } from "./typed-arrays.ts";

test("elements are stored little endian", () => {
  expect([...toLittleEndian(new Uint16Array([0x0102, 0x0304]))]).toEqual([2, 1, 4, 3]);
  expect(fromLittleEndian("Uint16Array", new Uint8Array([2, 1]))).toEqual(
    new Uint16Array([0x0102]),
  );
});

test("a big endian machine swaps the bytes of every element, and leaves the array as it is", () => {
  const bytes = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]);
  expect([...swapped(bytes, 4)]).toEqual([4, 3, 2, 1, 8, 7, 6, 5]);
  expect([...swapped(swapped(bytes, 8), 8)]).toEqual([...bytes]);
  expect(bytes[0]).toBe(1);
});

test("bytes that end within an element are no array", () => {
  expect(fromLittleEndian("Float64Array", new Uint8Array(9))).toBeUndefined();
});

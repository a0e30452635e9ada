import { createHash } from "node:crypto";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { buildSync } from "esbuild";
import { describe, expect, onTestFinished, test } from "vitest";
import { createRing, RingReader, RingWriter } from "./ring.ts";

const capacity = 1024 * 1024;
/** With so many, each ring has that capacity. */
const threads = 8;

/** The text of a thread that writes `total` bytes to a ring in pieces of uneven sizes, and tells their hash. */
const writerText = buildSync({
  stdin: {
    contents: `
      import { createHash } from "node:crypto";
      import { parentPort, workerData } from "node:worker_threads";
      import { RingWriter } from "./ring.ts";
      const { ring, total, done } = workerData;
      const writer = new RingWriter(ring, () => parentPort.postMessage("wake"));
      const hash = createHash("sha256");
      let state = 1;
      const random = () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0);
      for (let left = total; left > 0;) {
        const large = random() % 8 === 0 ? 700_000 : 3_000;
        const bytes = new Uint8Array(Math.min(left, 1 + (random() % large)));
        for (let i = 0; i < bytes.length; i += 1) bytes[i] = (state >>> 8) + i;
        hash.update(bytes);
        writer.write(bytes);
        left -= bytes.length;
      }
      writer.drain();
      Atomics.store(done, 0, 1);
      Atomics.notify(done, 0);
      parentPort.postMessage(hash.digest("hex"));`,
    resolveDir: import.meta.dirname,
  },
  bundle: true,
  write: false,
  platform: "node",
  format: "cjs",
}).outputFiles[0]!.text;

function startWriter(total: number) {
  const ring = createRing(threads);
  const done = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(writerText, { eval: true, workerData: { ring, total, done } });
  onTestFinished(async () => {
    await worker.terminate();
  });
  return { worker, reader: new RingReader(ring), done };
}

/** Copies of all that is in a ring, and of what is written while it is read. */
function takeAll(reader: RingReader): Buffer[] {
  const pieces: Buffer[] = [];
  while (reader.read((bytes) => void pieces.push(Buffer.from(bytes)))) continue;
  return pieces;
}

/** A ring, both of whose sides are here. */
function openRing() {
  const ring = createRing(threads);
  let wakes = 0;
  const writer = new RingWriter(ring, () => (wakes += 1));
  const reader = new RingReader(ring);
  const read = () => Buffer.concat(takeAll(reader)).toString();
  return { ring, writer, reader, read, wakes: () => wakes };
}

describe("a thread that writes to a ring", () => {
  test("is heard in order and completely, whatever the ring holds at a time", async () => {
    const { worker, reader } = startWriter(100 * capacity);
    const hash = createHash("sha256");
    let size = 0;
    const written = await new Promise<string>((resolve) => {
      worker.on("message", (message: string) => {
        for (const bytes of takeAll(reader)) {
          hash.update(bytes);
          size += bytes.length;
        }
        if (message !== "wake") resolve(message);
      });
    });
    expect(size).toBe(100 * capacity);
    expect(hash.digest("hex")).toBe(written);
  });

  test("waits while the ring is full, and goes on when something is taken from it", async () => {
    const { worker, reader, done } = startWriter(3 * capacity);
    await once(worker, "message");
    expect(Atomics.wait(done, 0, 0, 300)).toBe("timed-out");
    const hash = createHash("sha256");
    let size = 0;
    while (size < 3 * capacity) {
      for (const bytes of takeAll(reader)) {
        expect(bytes.length).toBeLessThanOrEqual(capacity);
        hash.update(bytes);
        size += bytes.length;
      }
    }
    const messages: string[] = [];
    worker.on("message", (message: string) => messages.push(message));
    await once(worker, "exit");
    expect(messages.at(-1)).toBe(hash.digest("hex"));
  });

  test("can be ended while it waits; what it wrote before is there", async () => {
    const { worker, reader, done } = startWriter(3 * capacity);
    await once(worker, "message");
    expect(Atomics.wait(done, 0, 0, 300)).toBe("timed-out");
    await worker.terminate();
    const size = takeAll(reader).reduce((sum, { length }) => sum + length, 0);
    expect(size).toBe(capacity);
    expect(Atomics.load(done, 0)).toBe(0);
  });
});

test("of many rings each has less room, down to a megabyte", () => {
  const rooms = [1, 2, 3, 4, 8, 1024].map((count) => createRing(count).byteLength >> 20);
  expect(rooms).toEqual([4, 4, 2, 2, 1, 1]);
});

test("a thread waits until all that it wrote is taken", async () => {
  const { worker, reader, done } = startWriter(3000);
  await once(worker, "message");
  expect(Atomics.wait(done, 0, 0, 300)).toBe("timed-out");
  const size = takeAll(reader).reduce((sum, { length }) => sum + length, 0);
  expect(size).toBe(3000);
  await once(worker, "exit");
  expect(Atomics.load(done, 0)).toBe(1);
});

describe("the reader of a ring", () => {
  test("is woken by the first write, and not again before it has found the ring empty", () => {
    const { writer, read, wakes } = openRing();
    writer.write(Buffer.from("a"));
    expect(wakes()).toBe(1);
    writer.write(Buffer.from("b"));
    expect(wakes()).toBe(1);
    expect(read()).toBe("ab");
    writer.write(Buffer.from("c"));
    expect(wakes()).toBe(2);
    expect(read()).toBe("c");
    expect(read()).toBe("");
  });

  test("gets what is written while it reads at the next look, without being woken", () => {
    const { writer, reader, wakes } = openRing();
    writer.write(Buffer.from("a"));
    const texts: string[] = [];
    const take = (bytes: Buffer): void => {
      texts.push(bytes.toString());
      if (texts.length === 1) writer.write(Buffer.from("b"));
    };
    expect(reader.read(take)).toBe(true);
    expect(texts).toEqual(["a"]);
    expect(reader.read(take)).toBe(true);
    expect(texts).toEqual(["a", "b"]);
    expect(wakes()).toBe(1);
    expect(reader.read(take)).toBe(false);
  });

  test("takes bytes in place; what it gave may be overwritten once it looks again", () => {
    const { writer, reader } = openRing();
    writer.write(Buffer.alloc(capacity, "x"));
    const kept: Buffer[] = [];
    reader.read((bytes) => void kept.push(bytes));
    writer.write(Buffer.alloc(capacity, "y"));
    expect(kept[0]?.toString("utf8", 0, 1)).toBe("y");
  });

  test("is woken by nothing that is empty", () => {
    const { writer, wakes } = openRing();
    writer.write(new Uint8Array(0));
    expect(wakes()).toBe(0);
  });
});

test.each([
  ["2^31", 2 ** 31 - 5],
  ["2^32", -5],
])("a ring goes on after %s bytes", (_, position) => {
  const { ring, writer, read } = openRing();
  new Int32Array(ring, 0, 2).fill(position);
  for (const text of ["before", " and ", "after", "x".repeat(capacity)]) {
    writer.write(Buffer.from(text));
    expect(read()).toBe(text);
  }
});

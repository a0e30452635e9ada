import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { buildSync } from "esbuild";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { OutputStream } from "../../model/output.ts";
import { captureOutput, type CapturedStreams } from "./capture-output.ts";

type Sent = [stream: OutputStream, text: string, omittedBytes: number];

/** Captures what this process writes until the test ends. */
function openCapture(): { readonly sent: Sent[]; readonly captured: CapturedStreams } {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"], now: 1000 });
  const sent: Sent[] = [];
  const captured = captureOutput((...heard) => void sent.push(heard));
  onTestFinished(() => {
    captured.release();
    vi.useRealTimers();
  });
  return { sent, captured };
}

/** Writes so much at once that what follows is collected. */
function tire(sent: Sent[]): void {
  for (let i = 0; i < 8; i += 1) process.stdout.write("-");
  sent.length = 0;
}

const text = (sent: readonly Sent[]): string => sent.map(([, written]) => written).join("");

describe("captured streams", () => {
  test("send what is written, in order and with its stream, and nothing elsewhere", () => {
    const { sent } = openCapture();
    expect(process.stdout.write("one\n")).toBe(true);
    expect(process.stderr.write("two\n")).toBe(true);
    process.stdout.write("three\n");
    expect(sent).toEqual([
      ["stdout", "one\n", 0],
      ["stderr", "two\n", 0],
      ["stdout", "three\n", 0],
    ]);
  });

  test("send at once what is written now and then, so that it is not lost with the thread", () => {
    const { sent } = openCapture();
    for (let i = 0; i < 100; i += 1) {
      process.stdout.write(`${String(i)}\n`);
      expect(sent).toHaveLength(i + 1);
      vi.advanceTimersByTime(5);
    }
  });

  test("send many small writes together, within 20 ms", () => {
    const { sent } = openCapture();
    tire(sent);
    for (let i = 0; i < 50; i += 1) process.stdout.write(".");
    process.stderr.write("!");
    process.stdout.write(".");
    expect(sent).toEqual([]);
    vi.advanceTimersByTime(20);
    expect(sent).toEqual([
      ["stdout", ".".repeat(50), 0],
      ["stderr", "!", 0],
      ["stdout", ".", 0],
    ]);
  });

  test("send many small writes of code that never lets a timer run, too", () => {
    const { sent } = openCapture();
    tire(sent);
    process.stdout.write("a");
    const later = performance.now() + 20;
    vi.spyOn(performance, "now").mockReturnValue(later);
    onTestFinished(() => void vi.restoreAllMocks());
    process.stdout.write("b");
    expect(sent).toEqual([["stdout", "ab", 0]]);
  });

  test("send much at once", () => {
    const { sent } = openCapture();
    tire(sent);
    process.stdout.write("x".repeat(10_000));
    expect(sent).toEqual([]);
    process.stdout.write("x".repeat(10_000));
    expect(text(sent)).toHaveLength(20_000);
    vi.advanceTimersByTime(100);
    expect(text(sent)).toHaveLength(20_000);
  });

  test("send of a flood its beginning and its end, and say how much is between them", () => {
    const { sent } = openCapture();
    const line = (i: number): string => `${String(i).padStart(9)}\n`;
    for (let i = 0; i < 100_000; i += 1) process.stdout.write(line(i));
    const limit = 128 * 1024;
    expect(text(sent).length).toBeLessThanOrEqual(limit);
    expect(text(sent).startsWith(line(0) + line(1))).toBe(true);
    const beginning = text(sent).length;
    sent.length = 0;
    vi.advanceTimersByTime(20);
    expect(sent).toHaveLength(1);
    expect(text(sent).length).toBeLessThanOrEqual(limit);
    expect(text(sent).endsWith(line(99_998) + line(99_999))).toBe(true);
    expect(sent[0]?.[2]).toBe(1_000_000 - beginning - text(sent).length);
    expect(beginning + text(sent).length).toBeGreaterThan(2 * limit - 1000);
  });

  test("send all of what is large once", () => {
    const { sent } = openCapture();
    const large = `😀${"x".repeat(200_000)}`;
    process.stdout.write(large);
    vi.advanceTimersByTime(20);
    expect(text(sent)).toBe(large);
    expect(sent.every(([, , omittedBytes]) => omittedBytes === 0)).toBe(true);
  });

  test("send all that was written when they are flushed, once", () => {
    const { sent, captured } = openCapture();
    tire(sent);
    process.stdout.write("a");
    process.stderr.write("b");
    captured.flush();
    captured.flush();
    vi.advanceTimersByTime(100);
    expect(sent).toEqual([
      ["stdout", "a", 0],
      ["stderr", "b", 0],
    ]);
  });

  test("send the first words after a flush at once, however much was written before", () => {
    const { sent, captured } = openCapture();
    tire(sent);
    captured.flush();
    process.stdout.write("next trial\n");
    expect(text(sent)).toBe("next trial\n");
  });

  test("put characters together that were written in pieces, each stream by itself", () => {
    const { sent, captured } = openCapture();
    const smile = Buffer.from("😀é");
    for (const byte of smile) {
      process.stdout.write(Uint8Array.of(byte));
      process.stderr.write(Buffer.of(byte));
      vi.advanceTimersByTime(50);
    }
    captured.flush();
    for (const name of ["stdout", "stderr"] as const) {
      expect(text(sent.filter(([stream]) => stream === name))).toBe("😀é");
    }
  });

  test("replace what is no UTF-8, and what is left of a character at a flush or before a text", () => {
    const { sent, captured } = openCapture();
    process.stdout.write(Uint8Array.of(0x61, 0xff, 0x62));
    process.stdout.write(Uint8Array.of(0xf0, 0x9f));
    captured.flush();
    process.stdout.write(Uint8Array.of(0xe2, 0x82));
    process.stdout.write("text");
    expect(text(sent)).toBe("a\ufffdb\ufffd\ufffdtext");
  });

  test("understand encodings, and call back after the write, with no error", async () => {
    const { sent } = openCapture();
    const called: unknown[] = [];
    await new Promise<void>((resolve) => {
      process.stdout.write("616263", "hex", (error) => called.push(error));
      process.stdout.write("ZGVm", "base64");
      process.stdout.write("ghi", (error) => {
        called.push(error);
        resolve();
      });
      expect(called).toEqual([]);
    });
    expect(called).toEqual([null, null]);
    expect(text(sent)).toBe("abcdefghi");
  });

  test("refuse what is neither text nor bytes, as streams do", () => {
    openCapture();
    const write = (...given: readonly unknown[]): void => {
      Reflect.apply(process.stdout.write, process.stdout, given);
    };
    for (const chunk of [null, undefined, 1, {}]) expect(() => write(chunk)).toThrow(TypeError);
    expect(() => write("a", "no such encoding")).toThrow(TypeError);
  });

  test("have their own write back when they are released", () => {
    const before = [process.stdout.write, process.stderr.write];
    const { captured } = openCapture();
    expect(process.stdout.write).not.toBe(before[0]);
    captured.release();
    expect([process.stdout.write, process.stderr.write]).toEqual(before);
  });
});

/** What a worker thread sends that captures its output and then runs some code. */
async function sentByThread(code: string): Promise<Sent[]> {
  const entryPoint = fileURLToPath(new URL("capture-output.ts", import.meta.url));
  const built = buildSync({
    entryPoints: [entryPoint],
    bundle: true,
    platform: "node",
    format: "cjs",
    write: false,
  });
  const start = `
    const { parentPort } = require("node:worker_threads");
    module.exports.captureOutput((...sent) => parentPort.postMessage(sent));
    ${code}`;
  const worker = new Worker(`${built.outputFiles[0]?.text ?? ""}\n${start}`, {
    eval: true,
    stdout: true,
    stderr: true,
  });
  const sent: Sent[] = [];
  worker.on("message", (message: Sent) => sent.push(message));
  worker.on("error", () => undefined);
  await new Promise((resolve) => worker.once("exit", resolve));
  return sent;
}

describe("in a worker thread", () => {
  const many = "for (let i = 0; i < 30; i += 1) console.log(i);";
  const lines = Array.from({ length: 30 }, (_, i) => `${String(i)}\n`).join("");

  test.each([
    ["the thread ends", many],
    ["process.exit is called", `${many} process.exit(3);`],
    ["an error that nothing caught ends it", `${many} throw new Error("uncaught");`],
  ])("what console writes is sent to the last line when %s", async (_, code) => {
    expect(text(await sentByThread(code))).toBe(lines);
  });

  test("console.error is standard error", async () => {
    const sent = await sentByThread('console.error("oh"); console.log({ a: [1] });');
    expect(sent).toEqual([
      ["stderr", "oh\n", 0],
      ["stdout", "{ a: [ 1 ] }\n", 0],
    ]);
  });
});

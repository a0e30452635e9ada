import { describe, expect, test } from "vitest";
import { clearLine } from "./progress-bar.ts";
import { shownOutput } from "./trial-output.ts";

const [three, twelve] = [3, 12].map((number) => ({ id: String(number), number }));

function openOutput({ isTTY = false, showsTrials = true } = {}) {
  const written: string[] = [];
  const stream = { isTTY, write: (text: string) => written.push(text) };
  return { output: shownOutput(stream, { showsTrials }), written };
}

describe("shown output", () => {
  test("has the number of its trial before each line, and marks standard error", () => {
    const { output, written } = openOutput();
    output.write(twelve, "stdout", "one\n\ntwo\n");
    output.write(twelve, "stderr", "oh\n");
    expect(written).toEqual(["#12 │ one\n#12 │ \n#12 │ two\n", "#12 ! oh\n"]);
  });

  test("is whole lines, on lines without the progress bar", () => {
    const { output, written } = openOutput({ isTTY: true });
    output.write(three, "stdout", "partial ");
    expect(written).toEqual([]);
    output.write(three, "stdout", "done\nnext");
    expect(written).toEqual([`${clearLine}#3 │ partial done\n`]);
  });

  test("of several trials, and of both streams, does not mix within a line", () => {
    const { output, written } = openOutput();
    output.write(three, "stdout", "a");
    output.write(twelve, "stdout", "b");
    output.write(three, "stderr", "c");
    output.write(undefined, "stdout", "d");
    output.write(three, "stdout", "A\n");
    output.write(twelve, "stdout", "B\n");
    output.write(three, "stderr", "C\n");
    output.write(undefined, "stdout", "D\n");
    expect(written).toEqual(["#3 │ aA\n", "#12 │ bB\n", "#3 ! cC\n", "dD\n"]);
  });

  test("ends a last line without an end, of one trial or of all", () => {
    const { output, written } = openOutput();
    output.write(three, "stdout", "a\nb");
    output.write(three, "stderr", "c");
    output.write(twelve, "stdout", "d");
    output.end(three);
    output.end(three);
    expect(written).toEqual(["#3 │ a\n", "#3 │ b\n", "#3 ! c\n"]);
    output.end();
    output.end();
    expect(written.slice(3)).toEqual(["#12 │ d\n"]);
  });

  test("is only what was written outside of trials, unless theirs is asked for", () => {
    const { output, written } = openOutput({ showsTrials: false });
    output.write(undefined, "stderr", "while importing\n");
    output.write(three, "stderr", "within a trial\n");
    output.end();
    expect(written).toEqual(["while importing\n"]);
  });

  test("shows what is left of a line that is written over, beside its number", () => {
    const { output, written } = openOutput();
    output.write(three, "stderr", "10 %\r50 %\r");
    output.write(three, "stderr", "100 %\r\nwindows\r\n");
    expect(written).toEqual(["#3 ! 100 %\n#3 ! windows\n"]);
  });

  test("says where something was left out", () => {
    const { output, written } = openOutput();
    output.write(three, "stdout", "begin");
    output.write(three, "stdout", "end\n", 1000);
    expect(written.join("")).toBe("#3 │ begin\n#3 │ … 1000 bytes are not shown …\n#3 │ end\n");
  });

  test("does not hold a line that never ends", () => {
    const { output, written } = openOutput();
    for (let i = 0; i < 100; i += 1) output.write(three, "stdout", ".".repeat(1000));
    expect(written.length).toBeGreaterThan(4);
    output.end();
    expect(written.join("").replaceAll(/#3 │ |\n/g, "")).toHaveLength(100_000);
  });
});

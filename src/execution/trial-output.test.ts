import { expect, test } from "vitest";
import { clearLine } from "./progress-bar.ts";
import { trialOutput } from "./trial-output.ts";

function openOutput(isTTY: boolean) {
  const written: string[] = [];
  const output = trialOutput({ isTTY, write: (text) => written.push(text) });
  return { output, written };
}

test("a line that is written in parts comes out whole, on a line without the progress bar", () => {
  const { output, written } = openOutput(true);
  output.write("partial ");
  expect(written).toEqual([]);
  output.write("done\nnext");
  expect(written).toEqual([`${clearLine}partial done\n`]);
});

test("a last line without an end is written at the end", () => {
  const { output, written } = openOutput(false);
  output.write("a\nb");
  output.end();
  output.end();
  expect(written).toEqual(["a\n", "b\n"]);
});

import { describe, expect, test } from "vitest";
import { renderTable, type Cell } from "./table.ts";

const plain = (_: string, text: string): string => text;
const text = (value: string): Cell => ({ text: value });
const number = (value: string): Cell => ({ text: value, isNumber: true });

describe("a table", () => {
  test("aligns numbers to the right and texts to the left, without trailing blanks", () => {
    const table = {
      titles: ["name", "n"],
      rows: [
        [text("ab"), number("5")],
        [text("a"), number("1000")],
      ],
    };
    expect(renderTable(table, { style: plain }).text).toBe("name     n\nab       5\na     1000\n");
  });

  test("cuts the widest texts to the terminal's width, and never a number", () => {
    const long = "a text that is rather long";
    const table = { titles: ["long", "n"], rows: [[text(long), number("123456789")]] };
    const { text: cut, hidden } = renderTable(table, { width: 30, style: plain });
    expect(cut.split("\n")[1]).toBe("a text that is rat…  123456789");
    expect(hidden).toEqual([]);
  });

  test("leaves out the last columns that need not be kept where there is no room, and says which", () => {
    const titles = ["number", "first", "second", "loss"];
    const rows = [titles.map((_, i) => number(String(i).repeat(10)))];
    const kept = new Set([0, 3]);
    const { text: shown, hidden } = renderTable(
      { titles, rows, kept },
      { width: 34, style: plain },
    );
    expect(shown.split("\n")[0]).toBe("    number       first        loss");
    expect(hidden).toEqual(["second"]);
  });

  test("keeps a line a line, whatever a text holds", () => {
    const table = { titles: ["t"], rows: [[text("a\nb\u001b[2J")]] };
    expect(renderTable(table, { style: plain }).text).toBe("t\na b [2J\n");
  });

  test("gives looks to cells without shifting them", () => {
    const style = (name: string, value: string): string => `<${name}>${value}</>`;
    const table = {
      titles: ["s", "x"],
      rows: [[{ text: "ok", style: "good" as const }, text("y")]],
    };
    expect(renderTable(table, { style }).text).toBe("<dim>s</>   <dim>x</>\n<good>ok</>  y\n");
  });
});

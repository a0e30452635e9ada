import { describe, expect, test } from "vitest";
import { createSpace } from "../../space/create-space.ts";
import { fillWords } from "./command-template.ts";
import { parseCommand } from "./parse-command.ts";

/** The parameters that words mark, and the words of a trial that has `V` for each of them. */
function read(...words: readonly string[]): { params: string[]; words: string[] } {
  const { template, space } = parseCommand(["train", ...words]);
  const { dimensions } = createSpace(space);
  const values = new Map(dimensions.map(({ name }) => [`params.${name}`, "V"]));
  return {
    params: dimensions.map(({ name, description }) => `${name}: ${description}`),
    words: fillWords(template, (field) => values.get(field)),
  };
}

describe("a word of a command marks a parameter", () => {
  test.each([
    ["--lr~loguniform(1e-5, 1)", "lr: loguniform(1e-05, 1)", ["--lr", "V"]],
    ["--lr~+uniform(0, 1)", "lr: uniform(0, 1)", ["--lr", "V"]],
    ["-x~uniform(-5, 5)", "x: uniform(-5, 5)", ["-x", "V"]],
    ["--lr=~uniform(0, 1)", "lr: uniform(0, 1)", ["--lr=V"]],
    ["-x=~uniform(0, 1)", "x: uniform(0, 1)", ["-x=V"]],
    ["lr=~uniform(0, 1)", "lr: uniform(0, 1)", ["lr=V"]],
    ["width~uniform(1, 9, discrete=True)", "width: uniform(1, 9, discrete=True)", ["V"]],
    [
      "--model.batch-size~uniform(0, 1)",
      "model.batch-size: uniform(0, 1)",
      ["--model.batch-size", "V"],
    ],
    ["--rate~logspace(0.001, 0.1, 3)", "rate: logspace(0.001, 0.1, 3)", ["--rate", "V"]],
    ["--epochs~fidelity(1, 100)", "epochs: fidelity(1, 100)", ["--epochs", "V"]],
  ])("%s", (word, parameter, words) => {
    expect(read(word)).toEqual({ params: [parameter], words });
  });

  test("in the order of the words, nested where a name has dots", () => {
    const { space } = parseCommand([
      "train",
      "--model.depth~choices([1, 2])",
      "--lr~linspace(0, 1, 2)",
      "--model.act~choices(['relu', 'tanh'])",
    ]);
    const made = createSpace(space);
    expect(made.size).toBe(8);
    expect(made.at(1)).toEqual({ model: { depth: 1, act: "relu" }, lr: 1 });
  });

  test("and no other word does", () => {
    const words = [
      "~/data",
      "--path=~/data",
      "--path=~",
      "HEAD~3",
      "PROGRA~1",
      "a~b",
      "x~",
      "--file",
      "a=b~c(d)",
      '{"a": {"b": 1}}',
      "{}",
      "{trial}",
      "{x.y}",
      "--",
      "",
      "https://host/~user",
    ];
    expect(read(...words)).toEqual({ params: [], words });
  });

  test("the program is taken as it is", () => {
    expect(parseCommand(["./a~uniform(0,1)"]).template.program).toBe("./a~uniform(0,1)");
  });
});

describe("fields in braces", () => {
  test("stand for what is the trial's, also several in a word and parameters again", () => {
    const { template } = parseCommand([
      "train",
      "--lr~uniform(0, 1)",
      "--out={trial.directory}/{params.lr}.bin",
      "{experiment.name}{{trial.seed}}",
    ]);
    const values = new Map<string, unknown>([
      ["params.lr", 0.25],
      ["trial.directory", "/tmp/t"],
      ["experiment.name", "n"],
      ["trial.seed", 7],
    ]);
    expect(fillWords(template, (field) => values.get(field))).toEqual([
      "--lr",
      "0.25",
      "--out=/tmp/t/0.25.bin",
      "n{7}",
    ]);
    expect(fillWords(template, () => undefined)[2]).toBe("--out={trial.directory}/{params.lr}.bin");
  });

  test.each([
    [
      "{trial.nubmer}",
      'Unknown field {trial.nubmer} in "{trial.nubmer}"; did you mean "trial.number"?',
    ],
    ["a={params.rl}", 'Unknown field {params.rl} in "a={params.rl}"; did you mean "params.lr"?'],
    ["{experiment.}", 'Unknown field {experiment.} in "{experiment.}"'],
  ])("that are unknown are refused: %s", (word, message) => {
    const parse = (): unknown => parseCommand(["train", "--lr~uniform(0, 1)", word]);
    expect(parse).toThrow(message);
    expect(parse).toThrow(expect.objectContaining({ code: "USAGE" }));
  });
});

describe("values as words", () => {
  test.each([
    [0.1, "0.1"],
    [1e-5, "0.00001"],
    [1e-7, "1e-7"],
    [12, "12"],
    [NaN, "NaN"],
    [-Infinity, "-Infinity"],
    ["a b ~ $HOME", "a b ~ $HOME"],
    ["", ""],
    [true, "true"],
    [null, "null"],
    [[1, [2]], "[1,[2]]"],
    [{ a: "b" }, '{"a":"b"}'],
    [new Date(0), "1970-01-01T00:00:00.000Z"],
  ])("%j is %s", (value, word) => {
    const template = { program: "p", words: [[{ field: "params.x" }]] };
    expect(fillWords(template, () => value)).toEqual([word]);
  });
});

describe("a command is refused in one line", () => {
  test.each([
    [["--lr~uniform"], 'Parameter "lr": "uniform" is no prior; one reads as "uniform(0, 1)"'],
    [["--lr~0.1"], 'Parameter "lr": "0.1" is no prior'],
    [["--lr~"], 'Parameter "lr": "" is no prior'],
    [["--lr~>rate"], 'Parameter "lr": ">rate" is no prior'],
    [["--lr~unifrm(0, 1)"], 'unknown distribution "unifrm"; did you mean "uniform"?'],
    [["--lr~uniform(1, 0)"], 'Parameter "lr": uniform needs low ≤ high'],
    [["--lr~uniform(0, 1"], 'found the end of "uniform(0, 1"'],
    [["lr~uniform(__import__('os'), 1)"], 'expected a value, found "__import__"'],
    [
      ["--lr~uniform(0, 1)", "--lr=~uniform(0, 2)"],
      'The parameter "lr" is marked twice: "--lr~uniform(0, 1)" and "--lr=~uniform(0, 2)"',
    ],
    [
      ["--m~uniform(0, 1)", "--m.x~uniform(0, 1)"],
      '"m" cannot be both a parameter and the group of "m.x"',
    ],
    [
      ["--m.x~uniform(0, 1)", "--m~uniform(0, 1)"],
      '"m" cannot be both a parameter and the group of "m.x"',
    ],
    [["--a..b~uniform(0, 1)"], "the name of a parameter cannot be empty"],
    [["--a$~uniform(0, 1)"], 'arameter name "a$" may only hold letters'],
    [["--__proto__~uniform(0, 1)"], 'arameter name "__proto__" is reserved'],
    [
      ["--lr", "orion~uniform(0, 1)"],
      '"orion~uniform(0, 1)" lacks the parameter\'s name; write --NAME~PRIOR',
    ],
  ])("%j", (words, message) => {
    expect(() => parseCommand(["train", ...words])).toThrow(message);
    try {
      parseCommand(["train", ...words]);
    } catch (error) {
      expect((error as Error).message).not.toContain("\n");
    }
  });

  test.each([[[]], [[""]]])("%j, which is none", (words) => {
    expect(() => parseCommand(words)).toThrow("The command is empty");
  });
});

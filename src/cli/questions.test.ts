import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { AssayError } from "../errors/assay-error.ts";
import { createQuestions, type Questions } from "./questions.ts";

interface Dialogue {
  readonly questions: Questions;
  type(text: string): void;
  readonly input: PassThrough;
  said(): string;
}

function dialogue({ yes = false, isInteractive = true } = {}): Dialogue {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let said = "";
  output.on("data", (part: Buffer) => (said += part.toString()));
  const questions = createQuestions({ yes, isInteractive, input, output });
  return { questions, input, type: (text) => void input.write(text), said: () => said };
}

function whole(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new AssayError("USAGE", `"${text}" is no number`);
}

const port = { flag: "--port N", otherwise: "80", read: whole };

test("an answer is read, and an empty line means the default", async () => {
  const { questions, type } = dialogue();
  const first = questions.ask("Port", port);
  type("8080\n");
  expect(await first).toBe(8080);
  const second = questions.ask("Port", port);
  type("\n");
  expect(await second).toBe(80);
  questions.close();
});

test("a wrong answer is told, and asked for again", async () => {
  const { questions, type, said } = dialogue();
  const answer = questions.ask("Port", port);
  type("many\n");
  type("7\n");
  expect(await answer).toBe(7);
  expect(said()).toContain(`"many" is no number\n`);
  questions.close();
});

test("answers that are typed ahead are taken in their order", async () => {
  const { questions, type } = dialogue();
  type("1\n2\ny\n");
  const first = await questions.ask("Port", port);
  expect([first, await questions.ask("Port", port), await questions.confirm("Sure?")]).toEqual([
    1,
    2,
    true,
  ]);
  questions.close();
});

test("only y and yes are a yes", async () => {
  const { questions, type, said } = dialogue();
  type("Y\nyes\n\nno\nperhaps\nn\n");
  const answers = [];
  for (let i = 0; i < 5; i += 1) answers.push(await questions.confirm("Sure?"));
  expect(answers).toEqual([true, true, false, false, false]);
  expect(said()).toContain(`Answer y or n, not "perhaps"`);
  questions.close();
});

test.each([
  ["Ctrl-C", (input: PassThrough) => void input.write("\u0003")],
  ["the end of the input", (input: PassThrough) => void input.end()],
])("%s is INTERRUPTED", async (_, interrupt) => {
  const { questions, input } = dialogue();
  const answer = questions.ask("Port", port);
  setTimeout(() => interrupt(input), 1);
  await expect(answer).rejects.toMatchObject({ code: "INTERRUPTED" });
  await expect(questions.confirm("Sure?")).rejects.toMatchObject({ code: "INTERRUPTED" });
  questions.close();
});

test("--yes answers without asking", async () => {
  const { questions, said } = dialogue({ yes: true, isInteractive: false });
  expect([await questions.ask("Port", port), await questions.confirm("Sure?")]).toEqual([80, true]);
  expect(said()).toBe("");
});

test("without a terminal a question is a USAGE error that names the flag", async () => {
  const { questions } = dialogue({ isInteractive: false });
  await expect(questions.ask("Port", port)).rejects.toMatchObject({
    code: "USAGE",
    message: 'The question "Port (80)" cannot be answered without a terminal; --port N answers it',
  });
  await expect(questions.confirm("Sure?")).rejects.toMatchObject({
    code: "USAGE",
    message: expect.stringContaining("--yes answers it"),
  });
});

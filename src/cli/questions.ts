import { createInterface, type Interface } from "node:readline";
import { AssayError } from "../errors/assay-error.ts";
import type { GlobalFlags } from "./global-flags.ts";

export interface AskOptions<Answer> {
  /** What answers the question without a terminal: `--storage URL`. */
  readonly flag: string;
  /** What an empty line means, and what `--yes` answers. */
  readonly otherwise?: string;
  /** Makes a value of what was typed. An AssayError that it throws is told, and the question asked again. */
  readonly read: (text: string) => Answer;
}

/**
 * Questions to a person. Where nobody can answer one, it is a `USAGE` error that names the flag which does;
 * Ctrl-C and the end of the input are `INTERRUPTED`.
 */
export interface Questions {
  /** Whether a person is there to answer. */
  readonly canAsk: boolean;
  ask<Answer>(question: string, options: AskOptions<Answer>): Promise<Answer>;
  /** Yes or no; no is what an empty line means. `flag` is what answers it instead, `--yes` unless told. */
  confirm(question: string, flag?: string): Promise<boolean>;
  close(): void;
}

export interface QuestionSettings {
  /** Answers every question with yes, or with what an empty line means. */
  readonly yes: boolean;
  /** Whether a person sees `output` and types into `input`. */
  readonly isInteractive: boolean;
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** Questions on the terminal of this process: on standard error, since standard output is for data. */
export function processQuestions({ yes }: Pick<GlobalFlags, "yes">): Questions {
  const { stdin: input, stderr: output } = process;
  return createQuestions({
    yes: yes === true,
    isInteractive: input.isTTY && output.isTTY,
    input,
    output,
  });
}

export function createQuestions({
  yes,
  isInteractive,
  input,
  output,
}: QuestionSettings): Questions {
  let lines: TypedLines | undefined;

  async function put(question: string, flag: string): Promise<string> {
    if (!isInteractive) throw unanswerable(question, flag);
    lines ??= new TypedLines(input, output);
    return (await lines.next(`${question} `)).trim();
  }

  return {
    canAsk: isInteractive,

    async ask(question, { flag, otherwise, read }) {
      if (yes && otherwise !== undefined) return read(otherwise);
      const shown = otherwise ? `${question} (${otherwise})` : question;
      for (;;) {
        const text = (await put(`${shown}:`, flag)) || (otherwise ?? "");
        try {
          return read(text);
        } catch (error) {
          if (!(error instanceof AssayError)) throw error;
          output.write(`${error.message}\n`);
        }
      }
    },

    async confirm(question, flag = "--yes") {
      if (yes) return true;
      for (;;) {
        const text = (await put(`${question} (y/N)`, flag)).toLowerCase();
        if (["y", "yes"].includes(text)) return true;
        if (["", "n", "no"].includes(text)) return false;
        output.write(`Answer y or n, not "${text}"\n`);
      }
    },

    close() {
      lines?.close();
    },
  };
}

function unanswerable(question: string, flag: string): AssayError {
  return new AssayError(
    "USAGE",
    `The question "${question.replace(/:$/, "")}" cannot be answered without a terminal; ${flag} answers it`,
    { details: { question, option: flag.split(" ")[0] } },
  );
}

/** What a person types, line by line; lines that come before they are asked for are kept. */
class TypedLines {
  readonly #interface: Interface;
  readonly #typed: string[] = [];
  #waiting: { resolve: (line: string) => void; reject: (error: unknown) => void } | undefined;
  #ended = false;

  constructor(input: NodeJS.ReadableStream, output: NodeJS.WritableStream) {
    this.#interface = createInterface({ input, output, terminal: true, historySize: 0 });
    this.#interface.on("line", (line) => {
      if (this.#waiting === undefined) this.#typed.push(line);
      else this.#waiting.resolve(line);
      this.#waiting = undefined;
    });
    this.#interface.on("SIGINT", () => {
      output.write("\n");
      this.#interface.close();
    });
    this.#interface.on("close", () => {
      this.#ended = true;
      this.#waiting?.reject(interrupted());
    });
  }

  async next(prompt: string): Promise<string> {
    const typed = this.#typed.shift();
    if (typed !== undefined) return typed;
    if (this.#ended) throw interrupted();
    return await new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#interface.setPrompt(prompt);
      this.#interface.prompt();
    });
  }

  close(): void {
    this.#waiting = undefined;
    this.#interface.close();
  }
}

function interrupted(): AssayError {
  return new AssayError("INTERRUPTED", "Interrupted; nothing was changed");
}

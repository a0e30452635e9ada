import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { createQuestions } from "./questions.ts";
import { askServer, askStorage } from "./storage-questions.ts";

/** The URL that comes of some answers, and what was said meanwhile. */
async function answered(
  kind: "postgres" | "redis" | "mongodb" | undefined,
  answers: readonly string[],
): Promise<{ readonly url: string; readonly said: string }> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let said = "";
  output.on("data", (part: Buffer) => (said += part.toString()));
  const questions = createQuestions({ yes: false, isInteractive: true, input, output });
  input.write(answers.map((answer) => `${answer}\n`).join(""));
  const url = kind === undefined ? askStorage(questions) : askServer(questions, kind);
  try {
    return { url: await url, said };
  } finally {
    questions.close();
  }
}

test("a SQLite file is asked for by its path", async () => {
  expect((await answered(undefined, ["", "data/kept.db"])).url).toBe("sqlite:data/kept.db");
});

test.each([
  [
    "postgres",
    ["db.example.org", "", "trials", "me", "PGPASSWORD"],
    "postgres://me:${PGPASSWORD}@db.example.org:5432/trials",
  ],
  ["postgres", ["", "5433", "a b", "m@e", ""], "postgres://m%40e@localhost:5433/a%20b"],
  ["redis", ["", "", "", "", "$REDIS_PASSWORD"], "redis://:${REDIS_PASSWORD}@localhost:6379/0"],
  ["redis", ["::1", "[::1]", "", "2", "", ""], "redis://[::1]:6379/2"],
  ["mongodb", ["", "0", "27018", "", "", ""], "mongodb://localhost:27018/assay"],
] as const)("%s by %j", async (kind, answers, url) => {
  expect((await answered(kind, answers)).url).toBe(url);
});

test("a password that is typed in place of a variable is neither taken nor shown again", async () => {
  const answers = ["", "", "", "me", "hunter-2!", "PGPASSWORD"];
  const { url, said } = await answered("postgres", answers);
  expect(url).toBe("postgres://me:${PGPASSWORD}@localhost:5432/assay");
  expect(said).toContain("a password is never written");
  expect(said.match(/hunter-2!/g)?.length ?? 0).toBeLessThanOrEqual(1);
});

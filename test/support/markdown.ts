import { readFileSync } from "node:fs";

/** A fenced block of a page. */
export interface CodeBlock {
  readonly language: string;
  readonly text: string;
  /** The line of the page that it begins at, from 1. */
  readonly line: number;
}

/** The fenced blocks of a Markdown file, in order. */
export function codeBlocks(path: string): readonly CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: { language: string; line: number; lines: string[] } | undefined;
  for (const [i, line] of readFileSync(path, "utf8").split("\n").entries()) {
    const fence = /^```(\S*)/.exec(line);
    if (open === undefined && fence !== null) {
      open = { language: fence[1] ?? "", line: i + 1, lines: [] };
    } else if (open !== undefined && fence !== null) {
      blocks.push({ language: open.language, line: open.line, text: open.lines.join("\n") });
      open = undefined;
    } else open?.lines.push(line);
  }
  return blocks;
}

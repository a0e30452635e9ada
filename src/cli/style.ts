import { styleText } from "node:util";

const formats = {
  dim: "dim",
  bold: "bold",
  good: "green",
  bad: "red",
  busy: "yellow",
} as const;

export type StyleName = keyof typeof formats;

/** Gives text a look, or returns it as it is where there are no colours. */
export type Style = (name: StyleName, text: string) => string;

/** Colours on a terminal, unless `NO_COLOR` is set (to anything but nothing) or the terminal is a dumb one. */
export function createStyle(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Style {
  const wanted = stream.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb";
  if (!wanted) return (_, text) => text;
  return (name, text) => styleText(formats[name], text);
}

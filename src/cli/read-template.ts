import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { AssayError } from "../errors/assay-error.ts";
import type { TemplateFile } from "../execution/command/file-template.ts";
import { didYouMean } from "../util/nearest.ts";

/** Reads the file of `--template`. `NOT_FOUND` with the nearest name, `INVALID_VALUE` for what is no text. */
export function readTemplate(path: string): TemplateFile {
  const name = basename(path);
  const details = { option: "--template", value: path };
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      readFileSync(path),
    );
    if (!text.includes("\0")) return { name, text };
  } catch (cause) {
    if (cause instanceof Error && Reflect.get(cause, "code") === "ENOENT") {
      const nearest = didYouMean(name, namesBeside(path));
      throw new AssayError("NOT_FOUND", `--template: there is no file "${path}"${nearest}`, {
        details,
        cause,
      });
    }
    if (!(cause instanceof TypeError)) {
      throw new AssayError(
        "INVALID_VALUE",
        `--template: the file "${path}" cannot be read: ${String(cause)}`,
        {
          details,
          cause,
        },
      );
    }
  }
  throw new AssayError("INVALID_VALUE", `--template takes a text file in UTF-8, not "${path}"`, {
    details,
  });
}

function namesBeside(path: string): readonly string[] {
  try {
    return readdirSync(dirname(path));
  } catch {
    return [];
  }
}

import type { TrialError } from "../model/trial.ts";
import { encodeValue } from "../values/encode.ts";

/** More than anyone reads of a message or a stack, and far less than a document holds on any backend. */
const mostCharacters = 100_000;

/** The error of an attempt as it is stored: what is very long is cut, and says so. */
export function encodeError({ message, stack, ...rest }: TrialError): string {
  const texts = stack === undefined ? {} : { stack: cut(stack) };
  return encodeValue({ ...rest, message: cut(message), ...texts });
}

function cut(text: string): string {
  const more = text.length - mostCharacters;
  if (more <= 0) return text;
  // The cut may go through a character.
  return `${text.slice(0, mostCharacters).toWellFormed()}… (${String(more)} more characters)`;
}

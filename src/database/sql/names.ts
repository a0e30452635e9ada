/** The column that holds the fields nobody declared. */
export const restColumn = "document";

/** There are few names, and each is asked for in every statement. */
const quoted = new Map<string, string>();

/** A quoted name. */
export function identifier(name: string): string {
  let text = quoted.get(name);
  if (text === undefined) {
    text = `"${name.replaceAll('"', '""')}"`;
    quoted.set(name, text);
  }
  return text;
}

import type { DeclaredFields } from "../../match.ts";

/** The field of a stored document that holds the fields nobody declared. */
export const otherFields = "_other";
/**
 * Left by a claim of several documents, by which it finds them as it changed them: every later write of a
 * document removes it.
 */
export const claimMark = "_claim";

const odd = /[.$%\0]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** A name of any form as one that MongoDB lets stand in a path. */
export function toStoredName(name: string): string {
  if (name === "" || name === "__proto__") return `%${name}`;
  return name.replace(odd, (unit) => `%${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

export function fromStoredName(stored: string): string {
  if (stored === "%" || stored === "%__proto__") return stored.slice(1);
  return stored.replace(/%([0-9a-f]{4})/g, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
}

/** Where a top-level field is kept. */
export function storedField(field: string, fields: DeclaredFields): string {
  return fields[field] === undefined ? `${otherFields}.${toStoredName(field)}` : field;
}

/** Where the value at a dotted path is kept, as far as it leads into maps. */
export function storedPath(path: string, fields: DeclaredFields): string {
  if (fields[path] !== undefined) return path;
  return [otherFields, ...path.split(".").map(toStoredName)].join(".");
}

/** The dotted path that is kept somewhere: the inverse of `storedPath`. */
export function pathOfStored(stored: string): string {
  const prefix = `${otherFields}.`;
  if (!stored.startsWith(prefix)) return stored;
  return stored.slice(prefix.length).split(".").map(fromStoredName).join(".");
}

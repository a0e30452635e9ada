import { invalidSpace } from "../invalid-space.ts";

const legalName = /^[\p{L}\p{N}_/][\p{L}\p{N}_/-]*$/u;

/** The full path of a parameter inside another; the space itself has the path "". */
export function joinName(parent: string, name: string): string {
  return parent === "" ? name : `${parent}.${name}`;
}

/**
 * Complains about a name that cannot be a parameter's: it is written on command lines, in
 * conditions and as a column, and the dot separates nested names.
 */
export function checkName(name: string, parent: string): void {
  if (legalName.test(name) && name !== "__proto__") return;
  throw invalidSpace(parent === "" ? undefined : parent, problemOf(name), { name });
}

function problemOf(name: string): string {
  if (name === "") return "the name of a parameter cannot be empty";
  const start = `parameter name ${JSON.stringify(name)}`;
  if (name === "__proto__") return `${start} is reserved by JavaScript`;
  if (name.startsWith("$")) return `${start} starts with "$", which marks stored values`;
  if (name.includes(".")) {
    const [first = "", ...rest] = name.split(".");
    return `${start} contains a dot; nest it instead: { ${first}: { ${rest.join(".")}: … } }`;
  }
  return `${start} may only hold letters, digits, "_", "/" and, not first, "-"`;
}

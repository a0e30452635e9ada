import type { Expression, Operand } from "./expression.ts";

/** The names that an expression asks for, each once, in the order in which they are written. */
export function namesOf(expression: Expression): readonly string[] {
  return [...new Set(listNames(expression))];
}

function listNames(expression: Expression): readonly string[] {
  switch (expression.kind) {
    case "and":
    case "or":
      return expression.terms.flatMap(listNames);
    case "not":
      return listNames(expression.term);
    case "comparison":
      return [...nameOf(expression.left), ...nameOf(expression.right)];
    case "in":
    case "null":
      return nameOf(expression.operand);
  }
}

function nameOf(operand: Operand): readonly string[] {
  return operand.kind === "name" ? [operand.name] : [];
}

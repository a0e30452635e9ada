import type { BatchOutcome, Document, Operation, OperationResult } from "../../contract.ts";
import { parseQuery } from "../../query.ts";
import type { Catalog } from "./catalog.ts";
import type { Layout } from "./layout.ts";
import { projected } from "./reading.ts";
import type { Session } from "./session.ts";
import { toDocument } from "./stored-document.ts";
import { Template } from "./template.ts";
import type { Templated } from "./holes.ts";
import type { UpdateStep } from "./update-group.ts";

/** An update with what its answer is read by. */
interface Update extends UpdateStep {
  readonly layout: Layout;
}

/**
 * Carries out a batch of nothing but updates and claims that the script makes by itself, together with others of
 * the same moment. Undefined when it is no such batch, and when nothing was done because one of them is special.
 */
export async function applyUpdates(
  session: Session,
  catalog: Catalog,
  operations: readonly Operation[],
): Promise<BatchOutcome | "stale" | undefined> {
  const updates: Update[] = [];
  for (const operation of operations) {
    const update = toUpdate(operation, catalog.layout(operation.collection));
    if (update === undefined) return undefined;
    updates.push(update);
  }
  const answer = await session.runUpdates(catalog, updates);
  if (answer === undefined) return undefined;
  const [word, ...rest] = answer;
  if (word === "stale") return "stale";
  if (word === "required") return { applied: false, failedAt: Number(rest[0]) - 1 };
  return word === "done" ? { applied: true, results: toResults(updates, rest) } : undefined;
}

/** More than a program has. */
const mostTemplates = 50;
const templates = new WeakMap<Layout, Template[]>();

function toUpdate(operation: Operation, layout: Layout): Update | undefined {
  if (operation.kind !== "update" && operation.kind !== "readAndWrite") return undefined;
  const one: Templated = { operation, conditions: parseQuery(operation.query) };
  const template = templateOf(one, layout);
  return template && { template, one, layout };
}

function templateOf(one: Templated, layout: Layout): Template | undefined {
  const known = templates.get(layout) ?? [];
  for (const template of known) if (template.fits(one)) return template;
  const template = Template.of(one, layout);
  if (template === undefined) return undefined;
  if (known.length === mostTemplates) known.shift();
  known.push(template);
  templates.set(layout, known);
  return template;
}

/** Reads what the script answered: for each step its count, and the documents that it returns. */
function toResults(updates: readonly Update[], answered: readonly unknown[]): OperationResult[] {
  let next = 0;
  return updates.map(({ one: { operation }, layout }) => {
    const count = Number(answered[next]);
    next += 1;
    const documents: Document[] = [];
    if (operation.kind === "readAndWrite") {
      for (const end = next + count; next < end; next += 1) {
        const document = toDocument(layout, answered[next] as Buffer);
        documents.push(projected(document, operation.select));
      }
    }
    return { count, documents };
  });
}

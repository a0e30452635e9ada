import type { Document } from "../../database/contract.ts";
import { isAssayError } from "../../errors/assay-error.ts";
import type { Objective } from "../../model/objective.ts";
import { spaceFromDefinition } from "../../space/create-space.ts";
import type { Space } from "../../space/space.ts";
import { isPlainObject } from "../../values/plain.ts";
import { numberIn, optionalNumber, optionalText } from "../records.ts";
import { readStored, unreadable } from "./stored-values.ts";

/** What the trials of an experiment are checked against, as far as it can be read. */
export interface ExperimentFacts {
  readonly document: Document;
  readonly key: number;
  /** `name` or `name@2`. */
  readonly label: string;
  readonly id: string;
  readonly seed: number;
  /** The trials of its grid; null where it has none. */
  readonly total: number | null;
  readonly position: number;
  readonly nextNumber: number;
  readonly given: number;
  /** More than 0 when trials were deleted. */
  readonly tokenBase: number;
  readonly revision: number;
  readonly algorithm: string | undefined;
  /** Undefined when they cannot be read. */
  readonly objectives: readonly Objective[] | undefined;
  readonly space: Space | undefined;
}

export function readFacts(document: Document): ExperimentFacts {
  const space = spaceOf(document);
  const algorithm = readStored(document, "algorithm");
  return {
    document,
    key: numberIn(document, "key"),
    label: labelOf(document),
    id: optionalText(document, "id") ?? "",
    seed: optionalNumber(document, "seed") ?? 0,
    total: space === undefined ? optionalNumber(document, "total") : gridSize(space),
    ...cursorOf(document),
    algorithm:
      isPlainObject(algorithm) && typeof algorithm["name"] === "string"
        ? algorithm["name"]
        : undefined,
    objectives: objectivesOf(document),
    space,
  };
}

function gridSize(space: Space): number | null {
  return space.enumerable ? space.size : null;
}

/** The same facts with the cursor of a later reading. */
export function withCursor(facts: ExperimentFacts, document: Document): ExperimentFacts {
  return { ...facts, document, ...cursorOf(document) };
}

function cursorOf(
  document: Document,
): Pick<ExperimentFacts, "position" | "nextNumber" | "given" | "tokenBase" | "revision"> {
  const number = (field: string): number => optionalNumber(document, field) ?? 0;
  return {
    position: number("position"),
    nextNumber: number("nextNumber"),
    given: number("given"),
    tokenBase: number("tokenBase"),
    revision: number("revision"),
  };
}

/** Whether an experiment is being copied or imported, or was, and has not arrived as a whole. */
export function isArriving(document: Document): boolean {
  return document["name"] === undefined && document["transfer"] !== undefined;
}

/** How an experiment is named in what is found. */
export function labelOf(document: Document): string {
  const name =
    optionalText(document, "name") ??
    optionalText(document, "deletedName") ??
    arrivingName(document);
  const version = optionalNumber(document, "version") ?? 1;
  if (name === null) return `experiment ${String(document["key"])}`;
  return version === 1 ? name : `${name}@${String(version)}`;
}

function arrivingName(document: Document): string | null {
  const transfer = readStored(document, "transfer");
  return isPlainObject(transfer) ? optionalText(transfer, "name") : null;
}

function objectivesOf(document: Document): readonly Objective[] | undefined {
  const stored = readStored(document, "objectives");
  return Array.isArray(stored) && stored.every(isObjective) ? stored : undefined;
}

function isObjective(value: unknown): value is Objective {
  if (!isPlainObject(value) || typeof value["name"] !== "string") return false;
  return value["direction"] === "minimize" || value["direction"] === "maximize";
}

function spaceOf(document: Document): Space | undefined {
  const definition = readStored(document, "space");
  if (definition === undefined || definition === unreadable) return undefined;
  try {
    return spaceFromDefinition(definition);
  } catch (error) {
    if (isAssayError(error)) return undefined;
    throw error;
  }
}

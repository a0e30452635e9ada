import { describe } from "vitest";
import type { ProjectFolder } from "./project-folder.ts";

/** The URL of an empty storage, for a test that has this folder. */
export type FreshTarget = (folder: ProjectFolder) => string;

/** Defines tests of every kind of storage that data is moved into. */
export function onEachTarget(define: (fresh: FreshTarget) => void): void {
  describe("SQLite", () => {
    let count = 0;
    define((folder) => `sqlite:${folder.path(`target-${String((count += 1))}.db`)}`);
  });
}

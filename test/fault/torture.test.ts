import { expect, test } from "vitest";
import { projectFolder } from "../support/project-folder.ts";
import { torture } from "../support/fault/torture.ts";

test(
  "2,000 trials are each completed exactly once, whatever of 200 processes is killed meanwhile",
  { timeout: 360_000 },
  async () => {
    const { root: folder } = await projectFolder({});
    const { figures, violations } = await torture({ folder, seed: 4, trials: 2000, kills: 200 });
    expect(violations).toEqual([]);
    expect(figures).toMatchObject({ trials: 2000, kills: 200, lost: 0 });
    // Else the kills hit nothing that ran.
    expect(figures.takenOver).toBeGreaterThan(10);
    expect(figures.retried).toBeGreaterThan(5);
  },
);

import { describe, expect, test } from "vitest";
import { selectExport } from "./select-export.ts";

const experiment = { space: {} };
const isExperiment = (value: unknown) => value === experiment;
const select = (module: Readonly<Record<string, unknown>>, name?: string) =>
  selectExport(module, { file: "penguins.ts", name, isExperiment });

describe("picking the experiment of a module", () => {
  test("takes the default export, or the one that is named", () => {
    expect(select({ default: experiment, other: 1 })).toBe(experiment);
    expect(select({ default: 1, sweep: experiment }, "sweep")).toBe(experiment);
  });

  test.each([
    [
      {},
      undefined,
      "penguins.ts exports no experiment: export default defineExperiment({ … }) (it exports nothing)",
    ],
    [
      { default: 5, helper: 1 },
      undefined,
      "penguins.ts exports no experiment: export default defineExperiment({ … }) (it exports default, helper)",
    ],
    [
      { sweep: experiment, helper: 1 },
      undefined,
      "penguins.ts exports no experiment: export default defineExperiment({ … }), or choose by --export: sweep",
    ],
    [
      { default: experiment, sweep: experiment },
      "swep",
      'penguins.ts exports no "swep"; did you mean "sweep"? (it exports default, sweep)',
    ],
    [{ helper: 1 }, "helper", 'penguins.ts exports "helper", which is not an experiment'],
    [{ default: experiment }, "toString", 'penguins.ts exports no "toString" (it exports default)'],
  ])("says what is exported instead: %o, %s", (module, name, message) => {
    expect(() => select(module, name)).toThrow(
      expect.objectContaining({ code: "INVALID_FILE", message }),
    );
  });
});

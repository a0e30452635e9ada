import { AssayError } from "../../errors/assay-error.ts";
import { didYouMean } from "../../util/nearest.ts";

/** What to pick, and how to speak of where it was looked for. */
export interface ExportChoice {
  /** The file as messages show it. */
  readonly file: string;
  /** Which export; "default" by default. */
  readonly name?: string | undefined;
  /** Whether a value is an experiment. */
  readonly isExperiment: (value: unknown) => boolean;
}

/** The experiment that a module exports under a name. `INVALID_FILE` when it exports none there. */
export function selectExport(
  module: Readonly<Record<string, unknown>>,
  { file, name = "default", isExperiment }: ExportChoice,
): unknown {
  const value = Object.hasOwn(module, name) ? module[name] : undefined;
  if (isExperiment(value)) return value;
  const details = { file, name, exports: Object.keys(module) };
  const problem = name === "default" ? noDefault(module, isExperiment) : notNamed(module, name);
  throw new AssayError("INVALID_FILE", `${file} ${problem}`, { details });
}

function noDefault(
  module: Readonly<Record<string, unknown>>,
  isExperiment: (value: unknown) => boolean,
): string {
  const advice = "exports no experiment: export default defineExperiment({ … })";
  const others = Object.keys(module).filter((name) => isExperiment(module[name]));
  if (others.length > 0) return `${advice}, or choose by --export: ${others.join(", ")}`;
  return `${advice}${exportsOf(module)}`;
}

function notNamed(module: Readonly<Record<string, unknown>>, name: string): string {
  const names = Object.keys(module);
  if (names.includes(name)) return `exports "${name}", which is not an experiment`;
  return `exports no "${name}"${didYouMean(name, names)}${exportsOf(module)}`;
}

function exportsOf(module: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(module);
  return ` (${names.length === 0 ? "it exports nothing" : `it exports ${names.join(", ")}`})`;
}

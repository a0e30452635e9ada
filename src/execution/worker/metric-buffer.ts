import { AssayError } from "../../errors/assay-error.ts";
import { showValue } from "../../space/show-value.ts";
import type { ReportedPoint } from "../../storage/metrics.ts";

const maxPoints = 2000;
const maxAgeMs = 20;

/** Collects the points that a trial reports, so that they travel and are stored in chunks. */
export class MetricBuffer {
  readonly #send: (points: readonly ReportedPoint[]) => void;
  #points: ReportedPoint[] = [];
  #since = 0;
  #timer: NodeJS.Timeout | undefined;
  /** How many points were reported in all. */
  count = 0;

  constructor(send: (points: readonly ReportedPoint[]) => void) {
    this.#send = send;
  }

  /** Adds the values of one report. `INVALID_VALUE` on what is not a map of numbers; then none is added. */
  add(metrics: unknown, step: unknown): void {
    const time = Date.now();
    const checkedStep = parseStep(step);
    const points = Object.entries(parseMetrics(metrics)).map(([name, value]) => ({
      name,
      step: checkedStep,
      time,
      value,
    }));
    if (this.#points.length === 0) this.#since = time;
    this.#points.push(...points);
    this.count += points.length;
    if (this.#points.length >= maxPoints || time - this.#since >= maxAgeMs) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), maxAgeMs);
  }

  /** Sends what was collected. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#points.length === 0) return;
    const points = this.#points;
    this.#points = [];
    this.#send(points);
  }
}

function parseStep(step: unknown): number | null {
  if (step === undefined || step === null) return null;
  if (typeof step === "number" && Number.isFinite(step)) return step;
  throw new AssayError(
    "INVALID_VALUE",
    `The step of a report must be a finite number, got ${showValue(step)}`,
  );
}

function parseMetrics(metrics: unknown): Readonly<Record<string, number>> {
  if (typeof metrics !== "object" || metrics === null || Array.isArray(metrics)) {
    throw new AssayError("INVALID_VALUE", "report takes a map of numbers, such as { loss: 0.3 }");
  }
  for (const [name, value] of Object.entries(metrics)) {
    if (typeof value === "number") continue;
    throw new AssayError(
      "INVALID_VALUE",
      `The metric "${name}" must be a number, got ${value === null ? "null" : typeof value}`,
      { details: { name } },
    );
  }
  return metrics as Readonly<Record<string, number>>;
}

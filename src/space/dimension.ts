/** What a constructor was given: not checked yet, for it does not know the parameter's name. */
export interface RawDimension {
  readonly kind: string;
  readonly [field: string]: unknown;
}

const brand = Symbol.for("assay.dimension");

/**
 * A parameter's set of values, of type `Value`, as the constructors (`choice`, `linspace`, …)
 * return it. It is data only: the space that it becomes part of checks and understands it.
 */
export class Dimension<out Value = unknown> {
  /** Never there: it only carries the type. */
  declare readonly valueType?: Value;
  readonly raw: RawDimension;

  constructor(raw: RawDimension) {
    this.raw = raw;
    Object.defineProperty(this, brand, { value: true });
  }
}

/** True for a dimension of any copy of this package. */
export function isDimension(value: unknown): value is Dimension {
  return typeof value === "object" && value !== null && brand in value;
}

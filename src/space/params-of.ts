import { type Dimension } from "./dimension.ts";
import { type DistributionName } from "./distributions/families.ts";

/** The parameters of one trial, nested as their space declares them. */
export type Params = Readonly<Record<string, unknown>>;

/**
 * What may stand for a parameter: a dimension; a text that is an Oríon prior, such as
 * "uniform(0, 1)"; any other plain value, which is a constant; or nested parameters.
 */
export type SpaceValue =
  Dimension | string | number | boolean | bigint | null | Date | readonly unknown[] | SpaceInput;

/** The parameters of an experiment by name. */
export interface SpaceInput {
  readonly [name: string]: SpaceValue;
}

/** The type of the parameters that a space gives to its trials. */
export type ParamsOf<Input> = { readonly [Name in keyof Input]: ValueOf<Input[Name]> };

type ValueOf<Input> =
  Input extends Dimension<infer Value>
    ? Value
    : Input extends string
      ? TextValue<Input>
      : Input extends Atom | readonly unknown[]
        ? Widened<Input>
        : ParamsOf<Input>;

/** A number where the text is certain to be a prior of single numbers. */
type TextValue<Text extends string> = Text extends `${string}(${string}`
  ? Text extends `${string}(${string}shape${string}`
    ? unknown
    : Text extends `${"+" | ""}${NumericPriorName}(${string})`
      ? number
      : Text extends `${"+" | ""}choices(${string})`
        ? unknown
        : string
  : string;

type NumericPriorName =
  | DistributionName
  | "uniform"
  | "loguniform"
  | "reciprocal"
  | "normal"
  | "norm"
  | "gaussian"
  | "fidelity"
  | "linspace"
  | "logspace";

type Atom = number | boolean | bigint | null | Date;

/** A constant's type without its value: 50 is a number. */
type Widened<Value> = Value extends string
  ? string
  : Value extends number
    ? number
    : Value extends boolean
      ? boolean
      : Value extends bigint
        ? bigint
        : Value extends null | Date
          ? Value
          : Value extends readonly (infer Item)[]
            ? readonly Widened<Item>[]
            : Value extends object
              ? { readonly [Key in keyof Value]: Widened<Value[Key]> }
              : Value;

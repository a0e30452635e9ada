/** The type that a prior with these options draws: a number, or nested arrays of numbers. */
export type Shaped<Options> = Options extends { readonly shape: infer Shape }
  ? Shape extends number
    ? number[]
    : Shape extends readonly number[]
      ? NestedNumbers<Shape>
      : number
  : number;

type NestedNumbers<Shape extends readonly number[]> = number extends Shape["length"]
  ? unknown
  : Shape extends readonly [number, ...infer Rest extends readonly number[]]
    ? NestedNumbers<Rest>[]
    : number;

/** What the contract suites ask of a value. Matchers of vitest and jest fit. */
export interface Matchers<Result> {
  toBe(expected: unknown): Result;
  toEqual(expected: unknown): Result;
  toMatchObject(expected: object): Result;
}

export type Expect = (
  actual: unknown,
  message?: string,
) => Matchers<void> & {
  readonly not: Matchers<void>;
  readonly rejects: Matchers<Promise<void>>;
};

/**
 * The part of a test runner that the contract suites use. They are given it, so that the package needs no
 * runner: `{ describe, test, expect }` of vitest or jest.
 */
export interface TestRunner {
  readonly describe: (name: string, body: () => void) => void;
  readonly test: {
    (name: string, body: () => Promise<void> | void): unknown;
    readonly skip: (name: string, body: () => Promise<void> | void) => unknown;
  };
  readonly expect: Expect;
}

/** The tests of a suite that a backend cannot pass, by name, each with the reason. */
export type Exceptions = Readonly<Record<string, string>>;

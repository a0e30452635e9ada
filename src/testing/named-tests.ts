import type { Exceptions, TestRunner } from "./runner.ts";

/** The tests of one suite: every name is used once, so that an exception means one test. */
export class NamedTests {
  readonly #runner: TestRunner;
  readonly #exceptions: Exceptions;
  readonly #names = new Set<string>();

  constructor(runner: TestRunner, exceptions: Exceptions = {}) {
    this.#runner = runner;
    this.#exceptions = exceptions;
  }

  /** Adds a test; one that is an exception is skipped and shows why. */
  add(name: string, body: () => Promise<void>): void {
    if (this.#names.has(name)) throw new TypeError(`Two tests of the suite are named "${name}"`);
    this.#names.add(name);
    const reason = this.#exceptions[name];
    if (reason === undefined) this.#runner.test(name, body);
    else this.#runner.test.skip(`${name} (${reason})`, body);
  }

  /** Adds the test that no exception is left over from a test that is gone. */
  checkExceptions(): void {
    this.#runner.test("every exception names a test of this suite", () => {
      // Runners call nested blocks late: only now are all names known.
      const unknown = Object.keys(this.#exceptions).filter((name) => !this.#names.has(name));
      this.#runner.expect(unknown).toEqual([]);
    });
  }
}

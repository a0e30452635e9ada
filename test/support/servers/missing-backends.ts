import type { Reporter, TestCase, TestModule } from "vitest/node";
import { backendNames, type Backend } from "./backends.ts";
import { startedVariable } from "./started.ts";

/**
 * Says at the end which backends there was no server for, and how many tests that left out. With
 * `ASSAY_TEST_REQUIRE=all` that fails the run.
 */
export default class MissingBackends implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const left = new Map<Backend, number>();
    for (const module of modules) {
      for (const test of module.children.allTests("skipped")) {
        const backend = backendOf(test);
        if (backend !== undefined) left.set(backend, (left.get(backend) ?? 0) + 1);
      }
    }
    // Of those that there are, only some tests were asked for.
    for (const started of (process.env[startedVariable] ?? "").split(" ")) {
      left.delete(started as Backend);
    }
    for (const [backend, count] of left) {
      console.error(
        `${backend}: ${String(count)} tests did not run, there is no server; "npm run services" installs one or says how`,
      );
    }
    if (left.size > 0 && process.env["ASSAY_TEST_REQUIRE"] === "all") process.exitCode = 1;
  }
}

/** The backend whose tests a test is among: the name of its outermost group. */
function backendOf(test: TestCase): Backend | undefined {
  const [outermost] = test.fullName.split(" > ");
  return backendNames.find((name) => name === outermost);
}
